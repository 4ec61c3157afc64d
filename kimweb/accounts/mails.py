"""What is mailed, composed at the moment of sending, in Indonesian: a mail knows no reader's choice of language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kimweb.accounts import mail_address, password_links, queries
from kimweb.accounts.models import User
from kimweb.core.calendar import JAKARTA, Clock
from kimweb.core.mail import Message
from kimweb.core.outbox import Handler, Job

_LINK = """Halo {name},

ada yang meminta kata sandi baru untuk akun {username} di KIM Web. Kalau itu Anda, buka tautan ini dalam 1 jam:

{url}

Tautan berlaku satu kali. Kalau bukan Anda yang meminta, biarkan saja: kata sandi Anda tidak berubah.
"""
_ADDRESS = """Halo,

akun {username} di KIM Web ingin memakai alamat email ini. Kalau itu Anda, buka tautan ini dalam 24 jam lalu masuk:

{url}

Kalau bukan Anda, biarkan saja: alamat ini tidak akan dipakai.
"""
_CHANGED = """Halo {name},

kata sandi akun {username} di KIM Web diganti lewat email pada {moment} WIB, dan semua perangkat dikeluarkan.

Kalau bukan Anda yang mengganti, segera hubungi Dinas Kominfo.
"""


@dataclass(frozen=True, slots=True)
class Post:
    """What composing and sending need. `public_url`: with what every link begins, without a slash at the end."""

    public_url: str
    server_key: str
    clock: Clock
    send: Callable[[Message], None]


def handlers(post: Post) -> Mapping[str, Handler]:
    """What the worker does with each kind of the outbox."""
    return {
        password_links.ASKED: lambda session, job: _password(post, session, job),
        password_links.CHANGED: lambda session, job: _changed(post, session, job),
        mail_address.CONFIRM: lambda session, job: _address(post, session, job),
    }


def _password(post: Post, session: Session, job: Job) -> None:
    """A link for a new password; none an hour after it was asked for, when nobody waits for it any more."""
    now = post.clock()
    late = now - job.created_at >= password_links.LIFE
    link = None if late else password_links.make(session, username=job.subject, now=now)
    if link is not None:
        url = f"{post.public_url}/masuk/lupa/{link.token}/"
        body = _LINK.format(name=link.user.name, username=link.user.username, url=url)
        post.send(Message(link.address, "KIM Muba: kata sandi baru", body))


def _address(post: Post, session: Session, job: Job) -> None:
    row, user = queries.email_address(session, int(job.subject)), session.get(User, int(job.subject))
    if row is not None and user is not None and mail_address.is_open(row, post.clock()):
        url = f"{post.public_url}/akun/email/tautan/{mail_address.token_of(post.server_key, row)}/"
        body = _ADDRESS.format(username=user.username, url=url)
        post.send(Message(row.address, "KIM Muba: pastikan alamat email", body))


def _changed(post: Post, session: Session, job: Job) -> None:
    row, user = queries.email_address(session, int(job.subject)), session.get(User, int(job.subject))
    if row is not None and user is not None and row.confirmed_at is not None:
        moment = job.created_at.astimezone(JAKARTA).strftime("%d-%m-%Y %H:%M")
        body = _CHANGED.format(name=user.name, username=user.username, moment=moment)
        post.send(Message(row.address, "KIM Muba: kata sandi diganti", body))
