"""Mail over a real SMTP server: what goes out, and that nothing goes out where TLS does not hold."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from kimweb.core import mail
from kimweb.core.mail import Message, is_address, told
from tests.support.clock import FrozenClock
from tests.support.postbox import PASSWORD, SENDER, USER, postbox

LETTER = Message("dewi@example.go.id", "KIM Muba: uji — 1", "Halo “Dewi”,\n\nhttps://kim.example.go.id/" + "x" * 90)
CLOCK = FrozenClock()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody knows, with its key in the same file."""
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    openssl = shutil.which("openssl")
    assert openssl
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", f"{file}.crt"),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


def _context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_letter_arrives_as_it_was_written_and_names_nothing_of_this_machine() -> None:
    with postbox() as box:
        mail.send(box.server(), LETTER, CLOCK)
    (letter,) = box.letters
    assert box.texts()[0].strip() == LETTER.body
    assert (letter["Subject"], letter["To"]) == (LETTER.subject, LETTER.to)
    assert letter["From"] == f"KIM Muba <{SENDER}>"
    assert letter["Date"] == "Wed, 18 Nov 2026 02:00:00 +0000"
    assert (letter["Auto-Submitted"], letter["Content-Language"]) == ("auto-generated", "id")
    assert letter["Message-ID"].endswith("@example.go.id>")
    assert socket.gethostname() not in letter.as_string()


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_encrypted_with_a_certificate_that_is_trusted(
    certificate: Path, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    with postbox(_context(certificate), tls=tls) as box:
        mail.send(box.server(tls=tls), LETTER, CLOCK)
    assert box.encrypted == [True]


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_to_whoever_cannot_show_who_they_are_nothing_goes_out(certificate: Path, tls: str) -> None:
    with postbox(_context(certificate), tls=tls) as box:
        with pytest.raises(OSError, match="certificate") as caught:
            mail.send(box.server(tls=tls), LETTER, CLOCK)
        assert "self-signed certificate" in told(caught.value)
    assert box.letters == []


def test_where_encryption_was_asked_for_nothing_goes_out_without() -> None:
    with postbox() as box, pytest.raises(OSError, match="STARTTLS"):
        mail.send(box.server(tls="starttls"), LETTER, CLOCK)
    assert box.letters == []


@pytest.mark.parametrize(("password", "taken"), [(PASSWORD, 1), ("not this", 0)])
def test_with_a_name_and_a_password(
    certificate: Path, password: str, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    with postbox(_context(certificate), tls="starttls", auth=True) as box:
        server = box.server(tls="starttls", user=USER, password=password)
        assert password not in repr(server)
        if taken:
            mail.send(server, LETTER, CLOCK)
        else:
            with pytest.raises(OSError, match="535"):
                mail.send(server, LETTER, CLOCK)
    assert len(box.letters) == taken


def test_what_the_log_hears_names_no_address() -> None:
    with postbox() as box:
        box.refuses = 1
        with pytest.raises(OSError, match="not now") as caught:
            mail.send(box.server(), LETTER, CLOCK)
    assert LETTER.to in str(caught.value)
    assert told(caught.value) == "SMTPDataError 451"


def test_a_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kimweb.core.mail.TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = mail.Server("127.0.0.1", silent.getsockname()[1], SENDER)
        with pytest.raises(OSError, match="timed out"):
            mail.send(server, LETTER, CLOCK)


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("dewi@example.go.id", True),
        ("Dewi.K+kim@muba-kab.go.id", True),
        ("dewi", False),
        ("dewi@localhost", False),
        ("dewi@@example.go.id", False),
        ("dewi@example..id", False),
        ("dewi @example.go.id", False),
        ("dewi@example.go.id\nBcc: x@example.go.id", False),
        ("dewi@example.go.id,x@example.go.id", False),
        ("<dewi@example.go.id>", False),
        ("d\u00e9wi@example.go.id", False),
        ("dewi@example.go.id\n", False),
        ("x" * 65 + "@example.go.id", False),
        ("dewi@" + "a." * 130 + "id", False),
    ],
)
def test_an_address_is_one_plain_address(text: str, fine: bool) -> None:
    assert is_address(text) is fine
