"""The `kimweb` command: `python -m kimweb init | demo | import-areas | create-admin`."""

from __future__ import annotations

import argparse
import getpass
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import kimweb.models  # noqa: F401 (says what search finds)
from kimweb import devtools, specimens
from kimweb.accounts import actions as accounts
from kimweb.accounts import mails, second_factor
from kimweb.accounts.passwords import Passwords
from kimweb.areas import actions as areas
from kimweb.aspirations import erasing as aspirations
from kimweb.core import chain, db, grants, mail, outbox, search
from kimweb.core.actor import REGENCY, Role
from kimweb.core.calendar import system_clock
from kimweb.core.errors import Invalid, KimError
from kimweb.demo import loader as demo
from kimweb.home import erasing, retention
from kimweb.settings import Settings, SettingsError
from kimweb.web.permissions import document

PAUSE_SECONDS = 5
"""How long `kimweb work` waits when nothing is due."""
_STOP = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def _session(settings: Settings, *, owner: bool = False) -> Iterator[Session]:
    engine = db.make_engine(settings.migrate_url if owner and settings.migrate_url else settings.database_url)
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield session
    finally:
        engine.dispose()


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def init(settings: Settings, _options: argparse.Namespace) -> None:
    """Migrate, and load areas, agencies, categories and holidays. Safe to call at each start."""
    owner = settings.migrate_url or settings.database_url
    db.migrate(owner)
    grants.grant(owner, settings.database_url)
    with _session(settings) as session:
        areas.load_reference(session, now=system_clock(), progress=_say)
        with db.writing(session):
            if search.is_empty(session) and (count := search.reindex(session)):
                _say(f"Pencarian: {count} tulisan.")


def reindex(settings: Settings, _options: argparse.Namespace) -> None:
    """Write the entries of search anew: after areas were renamed, or when in doubt."""
    with _session(settings) as session, db.writing(session):
        _say(f"Pencarian: {search.reindex(session)} tulisan.")


def run_demo(settings: Settings, options: argparse.Namespace) -> None:
    """Load the demonstration, or set its password anew."""
    begun = time.monotonic()
    passwords = Passwords(settings.argon2)
    with _session(settings) as session:
        if options.new_password:
            password = demo.new_password(session, passwords=passwords, now=system_clock())
        else:
            password = demo.load(session, passwords=passwords, now=system_clock(), progress=_say)
            _say(f"Demonstrasi siap dalam {time.monotonic() - begun:.0f} detik.")
    _say("Akun demonstrasi, semua dengan kata sandi " + password + ":")
    for username, who in demo.PERSONAS.items():
        _say(f"  {username:8} {who.told}")


def import_areas(settings: Settings, options: argparse.Namespace) -> None:
    """Import a decree's areas."""
    with _session(settings) as session:
        result = areas.import_areas(
            session,
            path=options.file,
            recodes=options.recode,
            extra=options.extra,
            now=system_clock(),
            progress=_say,
        )
    _say(
        f"{len(result.added)} ditambah, {len(result.renamed)} berganti nama, {len(result.recoded)} berganti kode, "
        f"{len(result.missing)} tidak ada di berkas (dibiarkan)."
    )
    for code in result.missing:
        _say(f"  tidak ada di berkas: {code}")


def create_admin(settings: Settings, options: argparse.Namespace) -> None:
    """Make an account with the admin's role; asks for the password."""
    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else getpass.getpass("Kata sandi: ")
    accounts.check_password(password, options.username)
    password_hash = Passwords(settings.argon2).hash(password)
    now = system_clock()
    with _session(settings) as session, db.writing(session):
        user = accounts.create_user(
            session,
            username=options.username,
            name=options.name or options.username,
            password_hash=password_hash,
            now=now,
        )
        accounts.grant_role(session, user=user, role=Role.ADMIN, area_code=REGENCY, now=now)
    _say(f"Admin {options.username} siap. Masuk di /masuk/.")


def audit_verify(settings: Settings, options: argparse.Namespace) -> None:
    """Walk the record's chain and name every entry that was changed, removed, reordered or added by hand."""
    begun = said = time.monotonic()

    def progress(count: int) -> None:
        nonlocal said
        if time.monotonic() - said > 1:
            said = time.monotonic()
            _say(f"{count} entri dibaca …")

    with _session(settings) as session:
        report = chain.verify(session, anchor=options.anchor, progress=progress)
    for problem in report.problems:
        _say(f"entri {problem.seq}: {problem.sentence}")
    _say(
        f"{report.entries} entri, {report.texts} teks, {report.erased} teks terhapus, "
        f"{time.monotonic() - begun:.1f} detik. Kepala rantai {report.head}"
    )
    if report.problems:
        raise Invalid(f"Rantai catatan tidak utuh: {len(report.problems)} masalah.")
    _say("Rantai catatan utuh.")


def retain(settings: Settings, options: argparse.Namespace) -> None:
    """Remove what was kept long enough, and say what went (with --dry-run: what would)."""
    with _session(settings) as session:
        gone = retention.retain(session, days=settings.keep_days, now=system_clock(), dry_run=options.dry_run)
    for row in gone:
        verb = "akan dihapus" if options.dry_run else "dihapus"
        _say(f"{row.count} {verb}: {row.name}, lebih lama dari {row.days} hari.")


def erase_user(settings: Settings, options: argparse.Namespace) -> None:
    """Erase a person's data and the drafts that only they could read. Runs as the migrating role."""
    with _session(settings, owner=True) as session:
        gone = erasing.erase_person(session, username=options.username, texts=options.texts, now=system_clock())
    _say(f"{options.username} dihapus: {_told(gone)}.")


def erase_sender(settings: Settings, options: argparse.Namespace) -> None:
    """Erase who sent an aspiration, at the sender's request. Runs as the migrating role."""
    with _session(settings, owner=True) as session:
        gone = aspirations.erase_sender(session, code=options.code, text=options.text, now=system_clock())
    _say(f"Pengirim {options.code} dihapus: {_told(gone)}.")


def _told(gone: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in gone.items())


def forget_second_factor(settings: Settings, options: argparse.Namespace) -> None:
    """Remove the second factor of somebody who lost phone and recovery codes, such as the only admin."""
    with _session(settings) as session:
        second_factor.reset_by_command(session, username=options.username, now=system_clock())
    _say(f"Kode kedua {options.username} dihapus, dan semua perangkatnya dikeluarkan. Siapkan lagi sesudah masuk.")


def _work_off_one(engine: Engine, handlers: Mapping[str, outbox.Handler]) -> bool:
    """In a session of its own, so that no reading transaction stays open in the pause; False: nothing is due."""
    try:
        with Session(engine, expire_on_commit=False) as session:
            return outbox.work_off_one(session, handlers=handlers, clock=system_clock, told=mail.told)
    except OperationalError as error:  # the database restarts, or is busy for long: the next round may find it
        print(f"kimweb: {type(error.orig).__name__}: {error.orig}", file=sys.stderr)
        return False


def work(settings: Settings, options: argparse.Namespace) -> None:
    """Do what waits (mail), every few seconds until SIGTERM; with --once, for cron, what is due now."""
    if settings.mail is None:
        return _say("KIMWEB_SMTP_URL belum diatur: tidak ada yang perlu dikerjakan.")
    send = partial(mail.send, settings.mail, clock=system_clock)
    post = mails.Post(settings.public_url, settings.secret_key, system_clock, send)
    engine, parent = db.make_engine(settings.database_url), options.with_parent
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)  # a mail that is on its way is finished first
    try:
        while not signal.sigtimedwait(_STOP, 0) and parent in (None, os.getppid()):
            more = _work_off_one(engine, mails.handlers(post))
            if not more and (options.once or signal.sigtimedwait(_STOP, PAUSE_SECONDS)):
                break
    finally:
        engine.dispose()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def permissions(settings: Settings, _options: argparse.Namespace) -> None:
    """Print docs/permissions.md: each route's permission, and who may do what where."""
    from kimweb.app import create_app

    print(document(create_app(settings), specimens.matrices()), end="")


def catalogue(_settings: Settings, _options: argparse.Namespace) -> None:
    """For developers: bring the message catalogue to today's messages, and compile it."""
    messages, missing = devtools.update_catalogue()
    _say(f"{messages} messages, {missing} without a translation.")


def make_migration(settings: Settings, options: argparse.Namespace) -> None:
    """For developers: write a migration for what changed in the models."""
    devtools.make_migration(options.message, settings.database_url)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kimweb", description="KIM Web: perintah untuk pengelola.")
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, action: Callable[[Settings, argparse.Namespace], None]) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=(action.__doc__ or "").split("\n")[0], description=action.__doc__)
        command.set_defaults(action=action)
        return command

    add("init", init)
    add("permissions", permissions)
    command = add("demo", run_demo)
    command.add_argument("--new-password", action="store_true", help="only set the demonstration's password anew")
    command = add("import-areas", import_areas)
    command.add_argument("file", type=Path, help="CSV: code,name,kind,parent_code")
    command.add_argument("--recode", type=Path, help="CSV: old_code,new_code")
    command.add_argument("--extra", type=Path, help="CSV: code,postal_code,latitude,longitude,area_km2,population")
    command = add("create-admin", create_admin)
    command.add_argument("username")
    command.add_argument("--name", help="the name as the desk shows it")
    command.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    group = commands.add_parser("audit", help="Look after the record.").add_subparsers(dest="verb", required=True)
    command = group.add_parser("verify", help=(audit_verify.__doc__ or ""), description=audit_verify.__doc__)
    command.set_defaults(action=audit_verify)
    command.add_argument("--anchor", default="", help="SEQ:HASH noted elsewhere, which must still stand")
    command = add("retain", retain)
    command.add_argument("--dry-run", action="store_true", help="only say what would go")
    command = add("erase-user", erase_user)
    command.add_argument("username")
    command.add_argument("--texts", action="store_true", help="also the reasons that the person wrote")
    command = add("erase-sender", erase_sender)
    command.add_argument("code", help="the aspiration's code, such as 7KM-4QC")
    command.add_argument("--text", action="store_true", help="also what the sender wrote")
    add("reindex", reindex)
    command = add("work", work)
    command.add_argument("--once", action="store_true", help="do what is due, then end")
    command.add_argument("--with-parent", type=int, metavar="PID", help="end when this process, which started it, ends")
    command = add("forget-second-factor", forget_second_factor)
    command.add_argument("username")
    add("catalogue", catalogue)
    command = add("make-migration", make_migration)
    command.add_argument("message", help="what changed, in a few words")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; errors are sentences, not tracebacks."""
    options = _parser().parse_args(arguments)
    try:
        options.action(Settings.from_env(), options)
    except SettingsError as error:
        print(f"kimweb: {error}", file=sys.stderr)
        return 2
    except KimError as error:
        print(f"kimweb: {error}", file=sys.stderr)
        for sentence in error.fields.values() if isinstance(error, Invalid) else ():
            print(f"  {sentence}", file=sys.stderr)
        return 1
    return 0
