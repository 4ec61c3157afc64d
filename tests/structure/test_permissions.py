"""Law 2: permissions in one place."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from kimweb import specimens
from kimweb.announcements import workflow as announcements
from kimweb.aspirations import workflow as aspirations
from kimweb.clarifications import workflow as clarifications
from kimweb.core.permissions import GRANTED_TO, Permission
from kimweb.core.workflow import Table
from kimweb.news import workflow as news
from kimweb.web.access import PUBLIC, access_of
from kimweb.web.permissions import document
from tests.structure.source import ROOT, Module, at, module, modules

TABLES: dict[str, Table[Any, Any]] = {
    "berita": news.TRANSITIONS,
    "pengumuman": announcements.TRANSITIONS,
    "aspirasi": aspirations.TRANSITIONS,
    "cek-fakta": clarifications.TRANSITIONS,
}
NO_STATE = {
    "ubah": "an edit: the text, not the state; tests of the feature try every role",
    "draf": "what is being typed in that edit; tests/news/test_autosave.py",
    "privasi": "hides more, in every state (docs/permissions.md names who)",
    "pilihan": "a cookie of the reader's own browser",
    "penghapusan": "an off day or a masa pemilihan, which have no states; an own draft, which is gone then",
    "penyamaran": "parts of a photo are covered; tests/*/test_photos.py try who",
    "uraian": "what a photo shows; the same",
    "laporan": "a reader's report: it moves nothing by itself",
    "bantahan": "a rebuttal: it moves nothing by itself",
    "tanggapan": "what becomes of a rebuttal; tests/clarifications/test_rebuttals.py tries who",
    "instansi": "reference data: admin only",
    "bidang": "reference data: admin only",
    "undangan": "a slip is used once; tests/accounts/test_invitations.py",
    "pembatalan": "a slip that was not used",
    "nama": "somebody's name corrected; tests/accounts/test_people.py tries every role",
    "kata-sandi": "a slip for somebody's password; tests/accounts/test_people.py tries every role",
    "kode-kedua": "the end of somebody's second factor; tests/accounts/test_second_factor_reset.py tries every role",
    "lupa": "a link for a new password is used once; tests/accounts/test_forgotten.py",
    "tautan": "the own address is confirmed; tests/accounts/test_mail_address.py",
    "peran": "a role for somebody; the same",
    "pengakhiran": "the end of somebody's role; the same",
}
"""Last parts of POST addresses with an id that change no state of a flow, and why."""


def test_every_endpoint_says_who_may_enter(app: Flask) -> None:
    silent = [rule.endpoint for rule in app.url_map.iter_rules() if not known(app, rule)]
    assert silent == []


def known(app: Flask, rule: Rule) -> bool:
    access = access_of(app.view_functions[rule.endpoint])
    return access == PUBLIC or isinstance(access, Permission)


def test_an_endpoint_that_says_nothing_is_noticed_and_closed(app: Flask) -> None:
    app.add_url_rule("/lupa/", "lupa", lambda: "secret")
    assert [rule.rule for rule in app.url_map.iter_rules() if not known(app, rule)] == ["/lupa/"]
    answer = app.test_client().get("/lupa/")
    assert (answer.status_code, "secret" in answer.text) == (403, False)


def test_every_permission_is_granted_to_somebody() -> None:
    assert set(GRANTED_TO) == set(Permission)
    assert all(GRANTED_TO.values())


# ------------------------------------------------------------------ only policies compare roles

MAY_COMPARE = {
    "core/actor.py": "what an actor holds",
    "core/permissions.py": "which role may hold what at all",
    "accounts/queries.py": "makes the actor",
    "accounts/directory.py": "narrows lists by role",
    "web/access.py": "reads the table of permissions, for every feature alike",
    "aspirations/actions.py": "under which name a message stands, by the role that the policy gave",
}
QUESTIONS = {"holds", "has_any", "areas", "agencies", "first", "steps_in_for", "holdings"}
"""What only a policy asks of an actor."""


def role_comparisons(found: Module) -> list[str]:
    if found.room == "policy" or found.name in MAY_COMPARE or found.feature.startswith("demo"):
        return []
    return [at(found, node) for node in ast.walk(found.tree) if _compares(node) or _asks(node)]


def _compares(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return any(_is_role(part) for side in (node.left, *node.comparators) for part in ast.walk(side))
    if isinstance(node, ast.match_case):
        return any(_is_role(part) for part in ast.walk(node.pattern))
    return False


def _is_role(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and (
        node.attr == "role" or (isinstance(node.value, ast.Name) and node.value.id == "Role")
    )


def _asks(node: ast.AST) -> bool:
    """`actor.areas(…)`, `who.holdings`: the names under which an actor goes."""
    if not (isinstance(node, ast.Attribute) and node.attr in QUESTIONS):
        return False
    asked = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    if isinstance(node.value, ast.Call):
        asked = ast.unparse(node.value.func).rpartition(".")[2]
    return asked in ("actor", "who", "visitor")


def test_only_policies_compare_roles() -> None:
    assert [line for each in modules() for line in role_comparisons(each)] == []


@pytest.mark.parametrize(
    "line",
    ["x = role == Role.ADMIN", "x = grant.role in wanted", "x = who.areas(y)", "x = context.actor().holds(r, on=a)"],
)
def test_a_view_that_compares_roles_is_noticed(line: str) -> None:
    assert role_comparisons(module(line, "news/views.py")) == ["news/views.py:1"]
    assert role_comparisons(module(line, "news/policy.py")) == []


ROLE_IN_TEMPLATE = re.compile(
    r"""\brole(?:\.value)?\s*(?:==|!=|in\b|is\s+(?!none|defined)\w)|["'](?:member|moderator|reviewer|admin)["']"""
    r"""|\bactor\.(?:holds|has_any|areas|agencies|first|holdings|steps_in_for|proofs)"""
)


def role_names(text: str) -> list[str]:
    code = re.findall(r"\{[{%].*?[%}]\}", text, re.DOTALL)
    return [part for part in code if ROLE_IN_TEMPLATE.search(part)]


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_templates_ask_can_and_compare_no_role(path: Path) -> None:
    assert role_names(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text", ['{% if role == "x" %}', "{% if 'moderator' in y %}", "{% if actor.areas() %}", "{{ role.value == z }}"]
)
def test_a_template_that_compares_roles_is_noticed(text: str) -> None:
    assert role_names(text)


# ------------------------------------------------------------------ the state grid covers every change


def changes(app: Flask) -> list[tuple[str, str, Permission | str | None]]:
    """POST routes under something with an id: first part of the address, last part, what it says about access."""
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and rule.arguments]
    found = []
    for rule in rules:
        parts = [part for part in rule.rule.split("/") if part and not part.startswith("<")]
        found.append((parts[0], parts[-1], access_of(app.view_functions[rule.endpoint])))
    return found


def test_every_change_of_something_stands_in_its_state_machine(app: Flask) -> None:
    for thing, noun, access in changes(app):
        if noun in NO_STATE:
            continue
        permissions = {step.permission for (_, verb), step in TABLES[thing].items() if verb == noun}
        assert permissions == {access}, f"/{thing}/…/{noun}: the route says {access}, the table {permissions}"


def test_each_table_s_permissions_can_be_held() -> None:
    for table in TABLES.values():
        assert all(GRANTED_TO[step.permission] for step in table.values())


# ------------------------------------------------------------------ docs/permissions.md


def test_the_page_of_permissions_is_what_the_code_says(app: Flask) -> None:
    written = (ROOT / "docs/permissions.md").read_text(encoding="utf-8")
    fresh = document(app, specimens.matrices())
    assert written == fresh, "run: python -m kimweb permissions > docs/permissions.md"


def test_the_page_of_permissions_has_every_verb(app: Flask) -> None:
    fresh = document(app, specimens.matrices())
    for table in TABLES.values():
        for _, verb in table:
            assert f"| `{verb}` |" in fresh
