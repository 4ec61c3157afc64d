"""Law 7: every form of the site, sent as a browser without JavaScript sends it: 303, or 422 with what was typed."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from kimweb.accounts.models import UserSession
from kimweb.areas.queries import agency_by_code
from kimweb.news.models import State as NewsState
from tests.home.world import World
from tests.support.html import problems
from tests.web.cases import CASES, Case, form_of
from tests.web.reading import Form
from tests.web.stage import Fields, Stage


@pytest.fixture
def stage(session: Session, app: Flask) -> Stage:
    """Everybody, and what they can change."""
    return Stage(World(session), app)


def real(stage: Stage, values: Fields, form: Form) -> Fields:
    """What stands for something that only the database knows."""
    found = dict(values)
    if found.get("category") == "…":
        found["category"] = stage.world.category()
    if found.get("agency") == "PUPR":
        pupr = agency_by_code(stage.world.session, "PUPR")
        found["agency"] = str(pupr.id) if pupr else ""
    if found.get("code") == "slip":
        found["code"] = stage.code()
    if found.get("target") == "public":
        found["target"] = stage.world.aspiration("Jembatan juga").code
    if found.get("code") == "now":
        found["code"] = stage.second_code()
    return {**form.fields, **found}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.endpoint)
def test_a_form_is_refused_with_what_was_typed_and_then_taken(case: Case, stage: Stage) -> None:
    where = case.page(stage) if callable(case.page) else case.page
    path, client = where if isinstance(where, tuple) else (where, stage.client(case.who))
    form = form_of(client.get(path).text, case.action, path)
    address = form.action or path
    if case.wrong is not None:
        answer = client.post(address, data=real(stage, case.wrong, form))
        assert answer.status_code == 422, (answer.status_code, answer.text)
        assert problems(answer.text) == []
        assert case.kept in answer.text
        assert re.search(r'role="alert"', answer.text)
    if case.endpoint in ("aspirations.tracked", "clarifications.tracked"):
        return  # taken: Stage.sender does it for every sender; tests/clarifications/test_claims.py
    answer = client.post(address, data=real(stage, case.right, form))
    assert answer.status_code == 303, (answer.status_code, answer.text)
    assert answer.headers["Location"].startswith("/")
    assert client.get(answer.headers["Location"]).status_code in (200, 303)


def test_every_form_of_the_site_is_tried(app: Flask) -> None:
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    files = {"accounts.download", "people.download"}  # answer with a file (test_own_data.py, test_people_export.py)
    typing = {"news.autosave", "news.autosave_new"}  # no form of their own, and a line as answer (tests/news)
    assert {case.endpoint for case in CASES} == posts - files - typing


def test_a_form_sent_twice_changes_one_thing(stage: Stage) -> None:
    """A second tap, or a reload: the state machine answers 409, the page stays ours."""
    client, path = stage.client("sari"), stage.news(NewsState.SUBMITTED)
    form = form_of(client.get(path).text, "/publikasi")
    assert [client.post(form.action, data=form.fields).status_code for _ in range(2)] == [303, 409]


def test_signing_out_kills_the_cookie(stage: Stage, session: Session) -> None:
    client = stage.client("budi")
    kept = client.get_cookie("kim")
    assert kept
    form = form_of(client.get("/meja/").text, "/keluar/")
    client.post("/keluar/", data=form.fields)
    client.set_cookie("kim", kept.value)
    assert client.get("/meja/").status_code == 303
    session.rollback()
    assert session.query(UserSession).count() == 0
