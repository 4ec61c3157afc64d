"""The environment, read once into one frozen value. A wrong value stops the start with a clear sentence."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import SplitResult, unquote, urlsplit

from kimweb.core import mail

ROOT = Path(__file__).resolve().parents[1]
KEY_MIN = 32
KEEP_DAYS: Mapping[str, int] = MappingProxyType(
    {"identity": 730, "sessions": 90, "attempts": 1, "keys": 90, "reports": 90, "slips": 90}
)
ARGON2_PRODUCTION = (2, 19 * 1024, 1)  # OWASP: 19 MiB, t=2, p=1


class SettingsError(ValueError):
    """A setting that cannot be used; the message says which, and what would do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of KIM Web.

    `argon2` is time cost, memory (KiB), parallelism. `session_idle_hours` and `session_days` limit a sign-in:
    unused, and at all. `second_factor`: "required" of reviewers, agencies and admins, or "offered". `hosts`: the names
    under which the site is asked for (empty: any); `proxies`: how many proxies of our own stand in front. `keep_days`:
    by kind, after how many days `kimweb retain` removes it. `mail`: where mail is handed over; None: there is no mail.
    """

    instance: Path
    database_url: str
    secret_key: str
    migrate_url: str = ""
    secure_cookies: bool = False
    public_url: str = ""
    argon2: tuple[int, int, int] = ARGON2_PRODUCTION
    session_idle_hours: int = 72
    session_days: int = 7
    debug_statements: bool = False
    second_factor: str = "offered"
    hosts: tuple[str, ...] = ()
    proxies: int = 0
    keep_days: Mapping[str, int] = field(default_factory=lambda: KEEP_DAYS)
    mail: mail.Server | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `KIMWEB_*`; makes the instance folder and, on first use, the server key in it (mode 600)."""
        env = os.environ if environ is None else environ
        instance = Path(env.get("KIMWEB_INSTANCE") or ROOT / "instance").expanduser().absolute()
        try:
            instance.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"KIMWEB_INSTANCE: the folder {instance} cannot be made ({error.strerror}).") from error
        secure = _flag(env, "KIMWEB_SECURE_COOKIES")
        public_url = _public_url(env.get("KIMWEB_PUBLIC_URL") or "")
        url = _database_url(env.get("KIMWEB_DATABASE_URL") or f"sqlite:///{instance / 'kimweb.db'}")
        return cls(
            instance=instance,
            database_url=url,
            migrate_url=_database_url(env.get("KIMWEB_MIGRATE_URL") or url),
            secret_key=_given_key(env.get("KIMWEB_SECRET_KEY")) or _secret_key(instance / "secret_key"),
            secure_cookies=secure,
            public_url=public_url,
            argon2=_argon2(env.get("KIMWEB_ARGON2")),
            debug_statements=_flag(env, "KIMWEB_DEBUG_STATEMENTS"),
            second_factor=_second_factor(env.get("KIMWEB_SECOND_FACTOR") or ("required" if secure else "offered")),
            hosts=_hosts(env.get("KIMWEB_HOSTS") or ""),
            proxies=_number(env, "KIMWEB_PROXIES", 0, lowest=0, highest=9),
            mail=_mail(env, public_url),
            keep_days=MappingProxyType(
                {
                    kind: _number(env, f"KIMWEB_KEEP_{kind.upper()}_DAYS", days, lowest=1, highest=36_500)
                    for kind, days in KEEP_DAYS.items()
                }
            ),
        )


def _database_url(url: str) -> str:
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError(
            "KIMWEB_DATABASE_URL: use sqlite:///path/to/file or postgresql://user:password@host/name; "
            f"'{url.split('://')[0]}' is not supported."
        )
    return url


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "").strip().lower()
    if value in ("", "0", "no", "false"):
        return False
    if value in ("1", "yes", "true"):
        return True
    raise SettingsError(f"{name}: say 1 or 0, not '{value}'.")


def _number(env: Mapping[str, str], name: str, default: int, *, lowest: int, highest: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and lowest <= int(text) <= highest):
        raise SettingsError(f"{name}: a whole number from {lowest} to {highest}, not '{text}'.")
    return int(text)


def _second_factor(text: str) -> str:
    if text not in ("required", "offered"):
        raise SettingsError(
            f"KIMWEB_SECOND_FACTOR: say required (of reviewers, agencies, admins) or offered, not '{text}'."
        )
    return text


def _hosts(text: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if urlsplit(f"//{name}").netloc != name or not re.fullmatch(r"\.?[a-z0-9.:\[\]-]+", name):
            raise SettingsError(f"KIMWEB_HOSTS: names such as kim.example.go.id, with commas between, not '{name}'.")
    return names


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise SettingsError(f"KIMWEB_PUBLIC_URL: an address such as https://kim.example.go.id, not '{url}'.")
    return url.rstrip("/")


def _mail(env: Mapping[str, str], public_url: str) -> mail.Server | None:
    """Where mail is handed over. No error shows the address, which may hold a password."""
    url, sender = env.get("KIMWEB_SMTP_URL", "").strip(), env.get("KIMWEB_MAIL_FROM", "").strip()
    if not url:
        return None
    try:
        server = _smtp_server(urlsplit(url), sender)
    except ValueError:
        server = None
    if server is None:
        raise SettingsError(
            "KIMWEB_SMTP_URL: smtps://user:password@mail.example.go.id, smtp://user:password@mail.example.go.id:587"
            "?tls=starttls, or smtp://127.0.0.1:25; nothing else (signs in the password as %40)."
        )
    if not server.tls and not _is_this_machine(server.host):
        raise SettingsError("KIMWEB_SMTP_URL: to another machine only encrypted: smtps://… or smtp://…?tls=starttls.")
    if not mail.is_address(sender):
        raise SettingsError("KIMWEB_MAIL_FROM: with KIMWEB_SMTP_URL an address of ours, such as kim@example.go.id.")
    if not public_url:
        raise SettingsError("KIMWEB_PUBLIC_URL: needed with KIMWEB_SMTP_URL: the links in mails begin with it.")
    return server


def _smtp_server(parts: SplitResult, sender: str) -> mail.Server | None:
    """What an address says; None, or a ValueError, when it cannot be meant."""
    known = {("smtps", ""): ("tls", 465), ("smtp", "tls=starttls"): ("starttls", 587), ("smtp", ""): ("", 25)}
    tls, usual_port = known.get((parts.scheme, parts.query), ("", 0))
    port = usual_port if parts.port is None else parts.port
    named = bool(parts.username) == bool(parts.password)
    if not usual_port or not port or not parts.hostname or not named:
        return None
    if parts.path not in ("", "/") or parts.fragment:
        return None
    return mail.Server(parts.hostname, port, sender, tls, unquote(parts.username or ""), unquote(parts.password or ""))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _argon2(text: str | None) -> tuple[int, int, int]:
    if not text:
        return ARGON2_PRODUCTION
    parts = [part.strip() for part in text.split(",")]
    numbers = [int(part) for part in parts if part.isdecimal() and len(part) < 8]
    if len(parts) != 3 or len(numbers) != 3 or min(numbers) < 1 or numbers[1] < 8 * numbers[2]:
        raise SettingsError(
            "KIMWEB_ARGON2: three numbers, time cost, memory in KiB (8 or more for each of parallelism), parallelism, "
            f"such as 2,19456,1; not '{text}'."
        )
    time_cost, memory, parallelism = numbers
    return time_cost, memory, parallelism


def _given_key(key: str | None) -> str:
    if key and len(key) < KEY_MIN:
        raise SettingsError(f"KIMWEB_SECRET_KEY: {KEY_MIN} characters or more, not {len(key)}.")
    return key or ""


def _secret_key(path: Path) -> str:
    """The server key in `path`, made when it is missing; two processes that start together agree on one.

    It is written aside and linked into its place in one step: nobody ever reads half a key.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        key = ""
    except OSError as error:
        raise SettingsError(f"{path}: the server key cannot be made or read ({error.strerror}).") from error
    if len(key) < KEY_MIN:
        raise SettingsError(f"{path}: the server key is shorter than {KEY_MIN} characters; restore it from a backup.")
    return key


def _make_key(path: Path) -> None:
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=".secret_key-")  # mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
    finally:
        os.unlink(aside)
