"""A real SMTP server in this process, which keeps what it is given."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from sqlalchemy.orm import Session

from kimweb.accounts import mails
from kimweb.core import mail
from kimweb.core.calendar import Clock
from kimweb.core.mail import Server
from kimweb.core.outbox import work_off_one
from kimweb.settings import Settings
from tests.conftest import SECRET_KEY

SENDER = "kim@example.go.id"
PUBLIC_URL = "https://kim.example.go.id"
USER, PASSWORD = "kim", "rahasia: surat"


@dataclass
class Postbox:
    """What came, to whom, and whether it came encrypted. `refuses`: so many of the next letters are not taken."""

    letters: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refuses: int = 0
    port: int = 0

    def server(self, **values: Any) -> Server:
        """How to reach it."""
        return Server("127.0.0.1", self.port, SENDER, **values)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        """Take a letter, or not."""
        if self.refuses:
            self.refuses -= 1
            return f"451 4.3.0 not now, {envelope.rcpt_tos[0]}"
        letter = message_from_bytes(envelope.content, policy=policy.SMTP)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        transport = server.transport
        self.encrypted.append(bool(transport and transport.get_extra_info("ssl_object")))
        return "250 OK"

    def texts(self) -> list[str]:
        """What the letters say."""
        return [str(letter.get_content()).replace("\r\n", "\n") for letter in self.letters]

    def link(self) -> str:
        """The path of the one link in the newest letter."""
        found = re.findall(rf"{PUBLIC_URL}(/\S+)", self.texts()[-1])
        assert len(found) == 1, found
        return str(found[0])


def _knows(_server: object, _session: object, _envelope: object, _mechanism: str, given: Any) -> AuthResult:
    fits = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=fits, handled=fits)  # (not handled: the server says 535)


class _OnFreePort(Controller):
    """Its own check that the server answers connects to the port it was told: 0."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def postbox(context: ssl.SSLContext | None = None, *, tls: str = "", auth: bool = False) -> Iterator[Postbox]:
    """A server on a free port of this machine. `tls`: "", "starttls" (required) or "tls" (from the first byte)."""
    box = Postbox()
    values: dict[str, Any] = {"ready_timeout": 20}
    if auth:
        values |= {"authenticator": _knows, "auth_required": True}
    if tls == "starttls":
        values |= {"tls_context": context, "require_starttls": True}
    elif tls == "tls":
        values["ssl_context"] = context
    controller = _OnFreePort(box, hostname="127.0.0.1", port=0, **values)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


def mail_on(settings: Settings, box: Postbox) -> Settings:
    """Settings with which mail goes to this server."""
    return replace(settings, mail=box.server(), public_url=PUBLIC_URL)


def deliver(session: Session, box: Postbox, clock: Clock) -> None:
    """What `kimweb work --once` does, with a clock that stands still."""
    send = partial(mail.send, box.server(), clock=clock)
    post = mails.Post(PUBLIC_URL, SECRET_KEY, clock, send)
    session.rollback()
    while work_off_one(session, handlers=mails.handlers(post), clock=clock):
        pass
