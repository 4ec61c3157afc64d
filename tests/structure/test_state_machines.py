"""Law 3: state machines are tables, and `advance()` is the only writer of a state."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask

from kimweb.announcements import models as announcements
from kimweb.announcements.workflow import TRANSITIONS as ANNOUNCEMENTS
from kimweb.aspirations import models as aspirations
from kimweb.aspirations.workflow import TRANSITIONS as ASPIRATIONS
from kimweb.clarifications import models as clarifications
from kimweb.clarifications.workflow import TRANSITIONS as CLARIFICATIONS
from kimweb.core.workflow import Transition
from kimweb.news import models as news
from kimweb.news.workflow import TRANSITIONS as NEWS
from tests.structure.source import Module, at, module, modules
from tests.web.reading import Form, forms_in
from tests.web.site import Crawl, SeenPage

Flow = tuple[Mapping[tuple[Any, Any], Transition[Any]], type[StrEnum], type[StrEnum], StrEnum]
FLOWS: dict[str, Flow] = {
    "berita": (NEWS, news.State, news.Verb, news.State.DRAFT),
    "pengumuman": (ANNOUNCEMENTS, announcements.State, announcements.Verb, announcements.State.DRAFT),
    "cek-fakta": (CLARIFICATIONS, clarifications.State, clarifications.Verb, clarifications.State.RECEIVED),
    "aspirasi": (ASPIRATIONS, aspirations.State, aspirations.Verb, aspirations.State.RECEIVED),
}
NO_NOUN = {
    aspirations.Verb.LAPSE: "the system's",
    aspirations.Verb.SEND: "POST /aspirasi/kirim/ makes the row, and /cek-fakta/lapor/ that of a claim",
}
NO_VERB = {
    "laporan": "a reader's report: it moves nothing by itself",
    "bantahan": "what anybody says against a clarification: it moves nothing by itself",
    "tanggapan": "a rebuttal is accepted or not: the clarification stays",
    "draf": "what is being typed is kept: it moves nothing",
    "penyamaran": "parts of a photo are made black: the picture changes, not the state",
    "uraian": "what a photo shows is written",
    "penghapusan": "an own draft: it is gone then, which is no state",
}
NO_ROW = {aspirations.Verb.TIGHTEN: "changes privacy, never the state", aspirations.Verb.SEND: "makes the row"}


def state_writers(found: Module) -> list[str]:
    """Where something assigns `.state` to something else than itself in a constructor call."""
    return [at(found, node) for node in _state_writes(found.tree) if not _in_advance(found, node)]


def _state_writes(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        for target in targets:
            if any(isinstance(part, ast.Attribute) and part.attr == "state" for part in ast.walk(target)):
                yield node
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            named = any(isinstance(argument, ast.Constant) and argument.value == "state" for argument in node.args[1:2])
            if (name == "setattr" and named) or (name == "values" and any(k.arg == "state" for k in node.keywords)):
                yield node


def _in_advance(found: Module, node: ast.AST) -> bool:
    inside = [f for f in ast.walk(found.tree) if isinstance(f, ast.FunctionDef) and f.name == "advance"]
    return found.name == "core/workflow.py" and any(node in ast.walk(function) for function in inside)


def test_only_advance_writes_a_state() -> None:
    assert [line for found in modules() for line in state_writers(found)] == []
    workflow = next(found for found in modules() if found.name == "core/workflow.py")
    assert len(list(_state_writes(workflow.tree))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "row.state = State.DONE",
        "old, row.state = row.state, new",
        "row.state: State = new",
        "setattr(row, 'state', new)",
        "session.execute(update(News).values(state=new))",
    ],
)
def test_another_writer_is_noticed(line: str) -> None:
    assert state_writers(module(line, "news/actions.py")) == ["news/actions.py:1"]
    assert state_writers(module("News(state=State.DRAFT)", "news/actions.py")) == []


# ------------------------------------------------------------------ the tables are whole


def reachable(table: Mapping[tuple[Any, Any], Transition[Any]], first: StrEnum) -> set[StrEnum]:
    found, edge = {first}, {first}
    while edge:
        edge = {to for (state, _), step in table.items() if state in edge for to in step.to} - found
        found |= edge
    return found


@pytest.mark.parametrize("thing", FLOWS)
def test_every_state_is_reached_and_every_verb_leads_somewhere(thing: str) -> None:
    table, states, verbs, first = FLOWS[thing]
    assert reachable(table, first) == set(states)
    assert {verb for _, verb in table} == set(verbs) - NO_ROW.keys()
    assert all(step.to for step in table.values())


def test_an_unreachable_state_is_noticed() -> None:
    without = {key: step for key, step in NEWS.items() if key[1] is not news.Verb.WITHDRAW}
    assert set(news.State) - reachable(without, news.State.DRAFT) == {news.State.WITHDRAWN}


@pytest.mark.parametrize("thing", FLOWS)
def test_every_verb_has_its_address_and_every_address_its_verb(thing: str, app: Flask) -> None:
    nouns = {
        rule.rule.rpartition("/")[2]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"/{thing}/<") and "POST" in (rule.methods or ())
    } - {"", *NO_VERB}
    assert nouns == set(FLOWS[thing][2]) - NO_NOUN.keys()


# ------------------------------------------------------------------ forms carry version and token


@pytest.fixture(scope="session")
def state_forms(crawl: Crawl) -> list[tuple[SeenPage, Form]]:
    """Every form of a state change that anybody was offered, and where."""
    return [(page, form) for page in crawl.html for form in page.forms if _changes_a_state(form.action)]


def _changes_a_state(action: str) -> bool:
    thing, noun = action.strip("/").split("/")[0], action.rpartition("/")[2]
    return thing in FLOWS and noun in set(FLOWS[thing][2])


def without_guard(form: Form) -> bool:
    return not (form.fields.get("version", "").isdigit() and len(form.fields.get("csrf_token", "")) > 20)


def test_every_form_of_a_state_change_carries_version_and_token(state_forms: list[tuple[SeenPage, Form]]) -> None:
    lacking = [f"{page.who} {page.path}: {form.action}" for page, form in state_forms if without_guard(form)]
    assert state_forms
    assert lacking == []


def test_a_form_without_version_is_noticed() -> None:
    token = '<input type="hidden" name="csrf_token" value="0123456789012345678901">'
    version = '<input type="hidden" name="version" value="3">'
    page = '<form method="post" action="/berita/7/publikasi">{}<button>Terbitkan</button></form>'
    assert [without_guard(forms_in(page.format(part))[0]) for part in (token, version, token + version)] == [1, 1, 0]


@pytest.mark.parametrize("thing", FLOWS)
def test_every_verb_is_offered_to_somebody(thing: str, state_forms: list[tuple[SeenPage, Form]]) -> None:
    """In the demonstration every verb waits somewhere, on a form with its address."""
    actions = [form.action for _, form in state_forms]
    offered = {action.rpartition("/")[2] for action in actions if action.startswith(f"/{thing}/")}
    assert offered == set(FLOWS[thing][2]) - NO_NOUN.keys()
