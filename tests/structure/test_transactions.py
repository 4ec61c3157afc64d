"""Law 4: one action, one transaction; reading writes nothing."""

from __future__ import annotations

import ast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.core.actor import Role
from kimweb.core.db import writing
from kimweb.web import context
from kimweb.web.access import public
from tests.home.world import VILLAGE, World, enter
from tests.structure.source import ON_THE_WEB, Module, at, calls, module, modules, public_functions
from tests.structure.test_rooms import EXTRAS
from tests.support.clock import FrozenClock
from tests.support.statements import written
from tests.web.site import Crawl

ACTING = {
    (feature, room)
    for feature, rooms in EXTRAS.items()
    for room, what in {"actions": "actions", **rooms}.items()
    if what.startswith("actions")
}
"""The rooms whose public functions are verbs."""
READS = {
    "accounts/actions.py": {"find_session": "a select, for each request"},
    "accounts/granting.py": dict.fromkeys(("may_make_admins", "authority_for", "authority_over"), "by which role"),
    "accounts/invitations.py": {"seats_of": "selects, for the actions that invite many"},
    "accounts/password_links.py": {"usable": "selects, for the page and again under the lock"},
    "accounts/proving.py": {"prove": "counts the attempt in a transaction of its own, and hashes outside of any"},
    "accounts/second_factor.py": dict.fromkeys(("preparation", "reset_at"), "a select, for the page"),
    "areas/actions.py": {},
}
JOINS = {
    "accounts/actions.py": dict.fromkeys(("begin_session", "set_hash"), "says so: joins the transaction of a sign-in"),
    "home/retention.py": {"retain": "calls one action a kind, each in its own"},
    "news/reporting.py": {"forget": "says so: joins the transaction of retain"},
}
ENDS = {
    "core/db.py": "writing() and the migrations",
    "core/grants.py": "as the migrating role, right after the migrations",
    "web/errors.py": "after an error nobody foresaw, so that the page of the error can read",
    "home/health.py": "a reading one that failed",
}
"""Who may end a transaction by hand."""


def without_transaction(found: Module) -> list[str]:
    """Public functions that get a session and open no write transaction."""
    if (found.feature, found.room) not in ACTING:
        return []
    excused = READS.get(found.name, {}).keys() | JOINS.get(found.name, {}).keys()
    wrong = []
    for function in public_functions(found.tree):
        arguments = [argument.arg for argument in function.args.args]
        opens = any(
            isinstance(node, ast.With)
            and any(ast.unparse(item.context_expr) == "writing(session)" for item in node.items)
            for node in ast.walk(function)
        )
        if "session" in arguments and not opens and function.name not in excused:
            wrong.append(f"{at(found, function)} {function.name}")
    return wrong


def test_every_verb_is_one_write_transaction() -> None:
    assert [line for found in modules() for line in without_transaction(found)] == []


def test_the_excused_are_still_there() -> None:
    names = {found.name: {function.name for function in public_functions(found.tree)} for found in modules()}
    for excuses in (READS, JOINS):
        assert all(functions.keys() <= names[file] for file, functions in excuses.items())


def test_an_action_without_transaction_is_noticed() -> None:
    text = "def publish(session: Session, step: Step) -> None:\n    session.add(row)\n"
    assert without_transaction(module(text, "news/actions.py")) == ["news/actions.py:1 publish"]
    text = "def publish(session: Session) -> None:\n    with writing(session):\n        session.add(row)\n"
    assert without_transaction(module(text, "news/actions.py")) == []


NO_WRITERS = ON_THE_WEB | {"directory", "finding", "queries", "seats", "policy", "slips", "timeline", "waiting"}


def written_outside(found: Module) -> list[str]:
    """Where a room that only reads or shows would write: adding, deleting, executing changes, opening a transaction."""
    if found.room not in NO_WRITERS and found.feature != "web":
        return []
    names = ("add", "add_all", "delete", "merge", "flush", "bulk_save_objects", "writing", "update", "insert")
    found_calls = [call for call in calls(found.tree, *names) if not _harmless(call)]
    return [at(found, call) for call in found_calls]


def _harmless(call: ast.Call) -> bool:
    """A set's add, a dict's update: what is not called on a session or on SQLAlchemy."""
    on = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else "writing"
    return on not in ("session", "db", "sa", "context.db_session()", "writing", "world.session")


def test_views_and_queries_write_nothing() -> None:
    assert [line for found in modules() for line in written_outside(found)] == []


@pytest.mark.parametrize("line", ["session.add(row)", "db.delete(row)", "with writing(db): pass", "sa.update(News)"])
@pytest.mark.parametrize("room", ["news/views.py", "aspirations/tracking.py", "accounts/login.py", "web/context.py"])
def test_a_view_that_writes_is_noticed(line: str, room: str) -> None:
    assert written_outside(module(line, room)) == [f"{room}:1"]


def ended_by_hand(found: Module) -> list[str]:
    if found.name in ENDS:
        return []
    return [at(found, call) for call in calls(found.tree, "commit", "rollback", "begin", "begin_nested")]


def test_only_writing_ends_transactions() -> None:
    assert [line for found in modules() for line in ended_by_hand(found)] == []


@pytest.mark.parametrize("line", ["session.commit()", "context.db_session().rollback()", "session.begin_nested()"])
def test_a_commit_elsewhere_is_noticed(line: str) -> None:
    assert ended_by_hand(module(line, "news/actions.py")) == ["news/actions.py:1"]


def test_reading_every_page_as_everybody_changes_no_row(crawl: Crawl) -> None:
    changed = [table for table, hashed in crawl.before.items() if crawl.after[table] != hashed]
    assert len(crawl.before) > 15
    assert changed == []


def test_reading_every_page_as_everybody_opens_no_write_transaction(crawl: Crawl) -> None:
    assert crawl.written == []


def test_a_visitor_opens_no_write_transaction(app: Flask, client: FlaskClient) -> None:
    """On the pages too that no link leads to."""
    paths = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    with written() as sent:
        answers = [client.get(path).status_code for path in paths]
    assert answers.count(200) > 10
    assert sent == [], sent


def test_a_page_that_opens_a_write_transaction_is_noticed(app: Flask, client: FlaskClient) -> None:
    def view() -> str:
        with writing(context.db_session()):
            return "nothing is written, and yet everybody else who writes waits"

    app.add_url_rule("/menulis/", "menulis", public(view))
    with written() as sent:
        assert client.get("/menulis/").status_code == 200
    assert sent == ["BEGIN IMMEDIATE"]


def test_the_only_get_that_writes_notes_that_a_sign_in_is_in_use(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    """After the page was read, and at most every 5 minutes."""
    enter(client, World(session).person("sari", Role.MODERATOR, VILLAGE))
    clock.advance(minutes=6)
    for expected in (["BEGIN IMMEDIATE", "UPDATE user_sessions"], []):
        with written() as sent:
            assert client.get("/meja/").status_code == 200
        assert [statement.partition(" SET ")[0] for statement in sent] == expected
