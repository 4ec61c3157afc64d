"""Mail by SMTP: one message at a time, over TLS whose certificate is verified, and never waiting for long."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from kimweb.core.calendar import Clock

TIMEOUT_SECONDS = 20
"""How long one step of the conversation may take (connecting, each answer)."""
ADDRESS_MAX = 254
SENDER_NAME = "KIM Muba"


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over. `tls`: "tls" from the first byte, "starttls", or "" (only to this machine itself)."""

    host: str
    port: int
    sender: str
    tls: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A letter: plain text, to one address."""

    to: str
    subject: str
    body: str


def is_address(text: str) -> bool:
    """Whether `text` can be an e-mail address: ASCII, with a domain of two parts or more."""
    fits = re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", text)
    return len(text) <= ADDRESS_MAX and fits is not None


def send(server: Server, message: Message, clock: Clock) -> None:
    """Hand a message over. Raises OSError (smtplib's errors are some) when it was not taken."""
    letter, context = _letter(server, message, clock), ssl.create_default_context()
    smtp = _connected(server, context)
    try:
        if server.tls == "starttls":
            smtp.starttls(context=context)  # raises where the server offers none: nothing goes out in the clear
        if server.user:
            smtp.login(server.user, server.password)
        smtp.send_message(letter)
        with suppress(OSError):
            smtp.quit()  # it was taken: whatever happens now, it is not to be sent again
    finally:
        smtp.close()


def _connected(server: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    name = server.sender.rpartition("@")[2]  # how we introduce ourselves: not the machine's own name
    if server.tls == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, name, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(server.host, server.port, name, timeout=TIMEOUT_SECONDS)


def _letter(server: Server, message: Message, clock: Clock) -> EmailMessage:
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(SENDER_NAME, addr_spec=server.sender)
    letter["To"] = Address(addr_spec=message.to)
    letter["Subject"] = message.subject
    letter["Date"] = format_datetime(clock())
    letter["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    letter.set_content(message.body)
    letter["Content-Language"] = "id"  # (setting the content removes what was said about it before)
    return letter


def told(error: Exception) -> str:
    """What went wrong, for the log: never an address, which smtplib's own texts name."""
    code = getattr(error, "smtp_code", None)
    said = getattr(error, "verify_message", None) or (error.strerror if isinstance(error, OSError) else None)
    return " ".join(str(part) for part in (type(error).__name__, code, said) if part)
