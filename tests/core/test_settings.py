"""Settings: each wrong value stops the start with a sentence that names it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kimweb.settings import Settings, SettingsError
from tests.support.together import together


def _read(folder: Path, **values: str) -> Settings:
    return Settings.from_env({"KIMWEB_INSTANCE": str(folder), **values})


def test_without_anything_the_data_lies_in_the_instance_folder(tmp_path: Path) -> None:
    settings = _read(tmp_path / "new" / "folder")
    assert settings.database_url == f"sqlite:///{tmp_path}/new/folder/kimweb.db"
    assert settings.migrate_url == settings.database_url
    assert settings.argon2 == (2, 19456, 1)
    assert not settings.secure_cookies
    assert (settings.second_factor, settings.hosts, settings.proxies) == ("offered", (), 0)
    assert settings.mail is None
    days = {"identity": 730, "sessions": 90, "attempts": 1, "keys": 90, "reports": 90, "slips": 90}
    assert settings.keep_days == days


def test_in_production_officials_need_a_second_factor_unless_the_setting_says_otherwise(tmp_path: Path) -> None:
    """Production is where the cookies are for https alone."""
    assert _read(tmp_path, KIMWEB_SECURE_COOKIES="1").second_factor == "required"
    assert _read(tmp_path, KIMWEB_SECURE_COOKIES="1", KIMWEB_SECOND_FACTOR="offered").second_factor == "offered"
    assert _read(tmp_path, KIMWEB_SECOND_FACTOR="required").second_factor == "required"


def test_every_setting_is_read(tmp_path: Path) -> None:
    settings = _read(
        tmp_path,
        KIMWEB_DATABASE_URL="postgres://kim@db/kim",
        KIMWEB_MIGRATE_URL="postgresql://owner@db/kim",
        KIMWEB_SECRET_KEY="k" * 32,
        KIMWEB_SECURE_COOKIES=" Yes ",
        KIMWEB_PUBLIC_URL="https://kim.example.go.id/",
        KIMWEB_ARGON2="1, 8, 1",
        KIMWEB_DEBUG_STATEMENTS="0",
        KIMWEB_SECOND_FACTOR="offered",
        KIMWEB_HOSTS="kim.example.go.id, .Desa.example.go.id,127.0.0.1:8000",
        KIMWEB_PROXIES="1",
        KIMWEB_KEEP_IDENTITY_DAYS="365",
        KIMWEB_KEEP_SLIPS_DAYS="30",
    )
    assert settings.hosts == ("kim.example.go.id", ".desa.example.go.id", "127.0.0.1:8000")
    assert (settings.second_factor, settings.proxies, settings.keep_days["identity"]) == ("offered", 1, 365)
    assert settings.keep_days["slips"] == 30
    assert settings.database_url == "postgresql+psycopg://kim@db/kim"
    assert settings.migrate_url == "postgresql+psycopg://owner@db/kim"
    assert (settings.secret_key, settings.secure_cookies, settings.argon2) == ("k" * 32, True, (1, 8, 1))
    assert (settings.public_url, settings.debug_statements) == ("https://kim.example.go.id", False)
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KIMWEB_DATABASE_URL", "mysql://host/name"),
        ("KIMWEB_DATABASE_URL", "kimweb.db"),
        ("KIMWEB_DATABASE_URL", "sqlite://"),
        ("KIMWEB_MIGRATE_URL", "oracle://host/name"),
        ("KIMWEB_SECURE_COOKIES", "maybe"),
        ("KIMWEB_DEBUG_STATEMENTS", "2"),
        ("KIMWEB_ARGON2", "1,8"),
        ("KIMWEB_ARGON2", "a,b,c"),
        ("KIMWEB_ARGON2", "²,8,1"),
        ("KIMWEB_ARGON2", "0,8,1"),
        ("KIMWEB_ARGON2", "1,8,2"),
        ("KIMWEB_ARGON2", "1,99999999999,1"),
        ("KIMWEB_SECRET_KEY", "short"),
        ("KIMWEB_SECOND_FACTOR", "maybe"),
        ("KIMWEB_HOSTS", "https://kim.example.go.id"),
        ("KIMWEB_HOSTS", "kim.example.go.id/"),
        ("KIMWEB_HOSTS", "*"),
        ("KIMWEB_PROXIES", "-1"),
        ("KIMWEB_PROXIES", "10"),
        ("KIMWEB_PROXIES", "²"),
        ("KIMWEB_KEEP_SESSIONS_DAYS", "0"),
        ("KIMWEB_PUBLIC_URL", "kim.example.go.id"),
        ("KIMWEB_PUBLIC_URL", "javascript:alert(1)"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name.replace('MIGRATE', '(MIGRATE|DATABASE)')}: .{{20,}}"):
        _read(tmp_path, **{name: value})


MAIL = {"KIMWEB_MAIL_FROM": "kim@example.go.id", "KIMWEB_PUBLIC_URL": "https://kim.example.go.id"}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1", ("127.0.0.1", 25, "", "", "")),
        ("smtp://localhost:2525/", ("localhost", 2525, "", "", "")),
        ("smtp://[::1]:25", ("::1", 25, "", "", "")),
        ("smtps://mail.example.go.id", ("mail.example.go.id", 465, "tls", "", "")),
        ("smtp://mail.example.go.id?tls=starttls", ("mail.example.go.id", 587, "starttls", "", "")),
        (
            "smtp://kim:p%40ss%3A@mail.example.go.id:26?tls=starttls",
            ("mail.example.go.id", 26, "starttls", "kim", "p@ss:"),
        ),
        ("smtps://kim%40a.id:x@mail.example.go.id:2465", ("mail.example.go.id", 2465, "tls", "kim@a.id", "x")),
    ],
)
def test_where_mail_is_handed_over(tmp_path: Path, url: str, server: tuple[str, int, str, str, str]) -> None:
    found = _read(tmp_path, KIMWEB_SMTP_URL=url, **MAIL).mail
    assert found is not None
    assert (found.host, found.port, found.tls, found.user, found.password) == server
    assert found.sender == "kim@example.go.id"


@pytest.mark.parametrize(
    ("url", "changed", "named"),
    [
        ("mail.example.go.id", {}, "SMTP_URL"),
        ("http://mail.example.go.id", {}, "SMTP_URL"),
        ("smtp://", {}, "SMTP_URL"),
        ("smtp://[::1", {}, "SMTP_URL"),
        ("smtp://mail.example.go.id", {}, "SMTP_URL"),
        ("smtp://kim:rahasia@10.0.0.1", {}, "SMTP_URL"),
        ("smtp://mail.example.go.id?tls=none", {}, "SMTP_URL"),
        ("smtps://mail.example.go.id?tls=starttls", {}, "SMTP_URL"),
        ("smtps://mail.example.go.id:0", {}, "SMTP_URL"),
        ("smtps://mail.example.go.id:99999", {}, "SMTP_URL"),
        ("smtps://mail.example.go.id:x", {}, "SMTP_URL"),
        ("smtps://kim@mail.example.go.id", {}, "SMTP_URL"),
        ("smtps://:rahasia@mail.example.go.id", {}, "SMTP_URL"),
        ("smtps://kim:rahasia@mail.example.go.id/kotak", {}, "SMTP_URL"),
        ("smtps://kim:rahasia@mail.example.go.id#x", {}, "SMTP_URL"),
        ("smtp://127.0.0.1", {"KIMWEB_MAIL_FROM": ""}, "MAIL_FROM"),
        ("smtp://127.0.0.1", {"KIMWEB_MAIL_FROM": "KIM <kim@example.go.id>"}, "MAIL_FROM"),
        ("smtp://127.0.0.1", {"KIMWEB_PUBLIC_URL": ""}, "PUBLIC_URL"),
    ],
)
def test_what_mail_lacks_is_named_and_its_password_never_shown(
    tmp_path: Path, url: str, changed: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=f"^KIMWEB_{named}: .{{20,}}") as caught:
        _read(tmp_path, KIMWEB_SMTP_URL=url, **(MAIL | changed))
    assert "rahasia" not in str(caught.value)


def test_an_instance_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="KIMWEB_INSTANCE: the folder"):
        _read(tmp_path / "file")


def test_the_server_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = _read(tmp_path).secret_key
    path = tmp_path / "secret_key"
    assert len(first) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert _read(tmp_path).secret_key == first == path.read_text()
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64])
def test_a_damaged_server_key_is_never_replaced_in_silence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret_key").write_bytes(content)
    with pytest.raises(SettingsError, match="secret_key: the server key is shorter"):
        _read(tmp_path)
    assert (tmp_path / "secret_key").read_bytes() == content


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    for number in range(20):
        keys = together(8, lambda _index, folder=tmp_path / str(number): _read(folder).secret_key)  # type: ignore[misc]
        assert len(set(keys)) == 1
