"""The commands that look after the record and what is kept, as somebody types them; two roles on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from kimweb.app import create_app
from kimweb.cli import main
from kimweb.core import grants
from kimweb.core.chain import verify
from kimweb.core.db import make_engine, writing
from kimweb.settings import Settings
from tests.support import databases, server
from tests.support.tamper import unseal

NAME, PASSWORD = "agus", "hujan turun di sungai musi"


@pytest.fixture
def command_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """`kimweb` commands work on this test's database."""
    monkeypatch.setenv("KIMWEB_INSTANCE", str(settings.instance))
    monkeypatch.setenv("KIMWEB_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KIMWEB_ARGON2", "1,8,1")
    monkeypatch.delenv("KIMWEB_MIGRATE_URL", raising=False)


def _admin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kimweb.cli.getpass.getpass", lambda _prompt: PASSWORD)
    assert main(["create-admin", NAME]) == 0


@pytest.mark.database
def test_verify_says_that_the_chain_is_whole_or_what_is_wrong(
    command_line: None, monkeypatch: pytest.MonkeyPatch, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    _admin(monkeypatch)
    assert main(["audit", "verify"]) == 0
    said = capsys.readouterr().out
    assert "Rantai catatan utuh." in said
    assert main(["audit", "verify", "--anchor", verify(session).head]) == 0
    with writing(session):
        unseal(session)
        session.execute(sa.text("UPDATE audit_entries SET verb = 'x' WHERE seq = 2"))
    assert main(["audit", "verify"]) == 1
    answer = capsys.readouterr()
    assert "entri 2: tidak cocok dengan segelnya" in answer.out
    assert "tidak utuh: 1 masalah" in answer.err


@pytest.mark.database
def test_retain_and_erase_user_say_what_they_did(
    command_line: None, monkeypatch: pytest.MonkeyPatch, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    _admin(monkeypatch)
    assert main(["retain", "--dry-run"]) == 0
    assert "0 akan dihapus: nama dan telepon pada aspirasi yang selesai, lebih lama dari 730 hari." in (
        capsys.readouterr().out
    )
    assert main(["retain"]) == 0
    assert main(["erase-user", NAME]) == 0
    assert "agus dihapus: 1 peran diakhiri" in capsys.readouterr().out
    assert main(["erase-user", NAME]) == 1
    assert "Tidak ada akun bernama agus." in capsys.readouterr().err
    assert main(["erase-sender", "7KM-4QC", "--text"]) == 1
    assert "Tidak ada aspirasi dengan kode 7KM-4QC." in capsys.readouterr().err
    assert verify(session).problems == []


# ------------------------------------------------------------------ PostgreSQL: migrations as another role


@pytest.fixture
def two_roles_postgresql(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An empty database owned by one real role, and another for the service; what commands need to reach both."""
    databases.require_postgresql()
    mark = f"{os.getpid()}"
    owner, service, name = f"owner_{mark}", f"service_{mark}", f"roles_{mark}"
    base = f"postgresql+psycopg://{{}}@{databases.HOST}:{databases.PORT}/{{}}"
    engine = sa.create_engine(base.format(databases.USER, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in (f"CREATE ROLE {owner} LOGIN", f"CREATE ROLE {service} LOGIN"):
            connection.execute(sa.text(statement))
        connection.execute(sa.text(f"CREATE DATABASE {name} OWNER {owner}"))
        yield server.environment(
            tmp_path, KIMWEB_DATABASE_URL=base.format(service, name), KIMWEB_MIGRATE_URL=base.format(owner, name)
        )
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        connection.execute(sa.text(f"DROP ROLE {owner}"))
        connection.execute(sa.text(f"DROP ROLE {service}"))
    engine.dispose()


FORBIDDEN = (
    "UPDATE audit_entries SET verb = 'x'",
    "DELETE FROM audit_entries",
    "TRUNCATE audit_entries CASCADE",
    "DELETE FROM audit_texts",
    "UPDATE audit_texts SET text = 'x'",
    "INSERT INTO audit_erasures (seq, at) VALUES (1, now())",
    "DELETE FROM audit_head",
    "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_entries_append_only ON audit_entries",
    "DROP TABLE audit_texts",
    "UPDATE alembic_version SET version_num = '0'",
    "CREATE TABLE mine (id int)",
)


def test_on_postgresql_the_service_s_role_adds_to_the_record_and_never_changes_it(
    two_roles_postgresql: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in two_roles_postgresql.items():
        monkeypatch.setenv(name, value)
    assert main(["init"]) == 0
    assert main(["init"]) == 0  # again, as at each start
    _admin(monkeypatch)
    settings = replace(Settings.from_env(), second_factor="offered")
    app = create_app(settings)
    client = app.test_client()
    assert client.post("/masuk/", data={"username": NAME, "password": PASSWORD}).status_code == 303
    assert client.get("/meja/").status_code == 200
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    _service_is_held(settings.database_url)
    assert main(["audit", "verify"]) == 0
    assert main(["retain"]) == 0
    assert main(["erase-user", NAME, "--texts"]) == 0
    assert main(["audit", "verify"]) == 0


def _service_is_held(url: str) -> None:
    engine = make_engine(url)
    with Session(engine) as session:
        for statement in FORBIDDEN:
            with (
                pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
                writing(session),
            ):
                session.execute(sa.text(statement))
        assert verify(session).entries >= 3
    engine.dispose()


@pytest.mark.parametrize(
    ("migrate", "service", "role"),
    [
        ("sqlite:///a", "sqlite:///a", ""),
        ("postgresql+psycopg://kim@h/d", "postgresql+psycopg://kim@h/d", ""),
        ("postgresql+psycopg://owner@h/d", "postgresql+psycopg://kim@h/d", "kim"),
        ("postgresql+psycopg://owner@h/d", "postgresql+psycopg://h/d", ""),
    ],
)
def test_grants_are_given_only_where_there_are_two_roles(migrate: str, service: str, role: str) -> None:
    assert grants.separate_role(migrate, service) == role
