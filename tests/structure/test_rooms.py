"""Law 1: one way. Each feature has the rooms of docs/ARCHITECTURE.md, and what is imported runs downwards."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import kimweb.models  # noqa: F401 (fills the registry)
from kimweb.announcements import models as announcements
from kimweb.aspirations import models as aspirations
from kimweb.clarifications import models as clarifications
from kimweb.core.db import Base
from kimweb.news import models as news
from tests.structure.source import FEATURES, KIMWEB, ON_THE_WEB, ROOT, Module, at, calls, imports, module, modules

ROOMS = {"__init__", "models", "policy", "queries", "workflow", "actions", "forms", "views"}
EXTRAS: dict[str, dict[str, str]] = {
    "areas": {
        "elections": "actions: masa pemilihan",
        "finding": "queries: from what was typed to areas",
        "election_pages": "views: the admin's page of masa pemilihan",
        "audience": "queries: who is addressed, for all that is told to some areas",
        "places": "views: from what was typed to a village",
        "csvfile": "reads a decree's files and names the line that is wrong",
        "importing": "applies them; part of actions",
        "recoding": "what a table of old and new codes means; part of actions",
        "names": "folds spellings for the search",
        "record": "the audit entries of reference data",
        "shipped": "the files that come with the program",
        "words": "names for the interface",
    },
    "accounts": {
        "csvfile": "reads a file of people to invite and names the line that is wrong",
        "devices": "what browsers call themselves",
        "directory": "queries: the people under somebody, and their places",
        "erasing": "actions: what goes, by time or when asked for",
        "exporting": "actions: taking data along",
        "granting": "actions: giving and ending roles",
        "invitation_forms": "forms: of invitations and roles",
        "invitations": "actions: giving and using slips",
        "invited": "views: getting in by a slip",
        "inviting_many": "actions: inviting everybody in a file, once",
        "login": "Flask-Login",
        "mail_address": "actions: an official's own e-mail address",
        "mail_pages": "views: the pages of mail: a forgotten password, the own address",
        "mails": "what is mailed, composed when it is sent",
        "own_data": "queries: what is stored about one person",
        "own_data_views": "views: the pages about it",
        "password_links": "actions: a new password by a link that was mailed",
        "passwords": "argon2id",
        "people_file": "the file that says who holds what",
        "proving": "actions: asking for the password again",
        "record": "the audit entries of invitations and roles",
        "roster": "views: the people under somebody",
        "seats": "queries: from what was typed to the place of a role",
        "second_factor": "actions: codes from an app or from paper",
        "second_pages": "views: the pages of the second factor",
        "sheets": "views: many slips at once",
        "slips": "queries: slips, and whether one still counts",
        "words": "names for the interface, and QR codes",
    },
    "kims": {},
    "news": {
        "autosaving": "actions: keeping what an author types",
        "changes": "views: one a noun",
        "devices": "views: the cookie that tells one reader's device from another",
        "mending": "actions: covering parts of a photo, and describing it",
        "own_versions": "part of actions: which versions a form made by its autosave",
        "pages": "views: the page of one piece",
        "found": "what search finds of it",
        "reporting": "actions: taking in what readers report",
        "revisions": "what a change would change, in words",
        "texts": "part of actions: what a piece says, with its revisions",
        "words": "names for the interface",
    },
    "announcements": {
        "found": "what search finds of it",
        "mending": "actions: covering parts of a photo, and describing it",
        "words": "names for the interface",
    },
    "aspirations": {
        "found": "what search finds of it",
        "changes": "views: one a noun",
        "mending": "actions: covering parts of a photo, and describing it",
        "pages": "views: the page of one aspiration",
        "places": "views: from the form to a village",
        "tracking": "views: the cookie that code and PIN earn",
        "erasing": "actions: who sent it goes, after a time or when asked for",
        "sending": "actions: taking one in",
        "timeline": "what a reader sees of its way",
        "words": "names for the interface",
    },
    "clarifications": {
        "found": "what search finds of it",
        "changes": "views: one a noun",
        "claim_pages": "views: handing a claim in, and following it",
        "mending": "actions: covering parts of a photo, and describing it",
        "pages": "views: the page of one, and its forms",
        "rebutting": "actions: what is said against one",
        "sending": "actions: taking a claim in",
        "texts": "part of actions: what a clarification says, and whether it is complete",
        "tracking": "views: the cookie that code and PIN earn",
        "words": "names for the interface",
    },
    "home": {
        "searching": "views: the search",
        "who_sees": "who sees what of an aspiration, as the privacy page tells it",
        "blueprint": "views: the room's one blueprint",
        "desk": "views: the desk",
        "gallery": "views: a photo and its files",
        "gaps": "views: where roles are missing",
        "log": "views: the public log of moderation",
        "erasing": "actions: a person goes over all flows",
        "health": "views: what machines ask",
        "pages": "views: pages that explain",
        "retention": "actions: how long things are kept",
        "waiting": "queries: the desk's rows over all flows",
    },
}
WEB = ("flask", "werkzeug", "wtforms", "kimweb.web")
CONFIG: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def rooms_of(feature: str) -> set[str]:
    return {path.stem for path in (KIMWEB / feature).glob("*.py")}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_has_only_the_rooms_that_everybody_knows(feature: str) -> None:
    known = ROOMS | EXTRAS[feature].keys()
    assert not rooms_of(feature) - known, "a new room: say in EXTRAS what it is for"
    assert not EXTRAS[feature].keys() - rooms_of(feature), "a room that is gone"


def test_no_feature_is_forgotten() -> None:
    with_models = {path.parent.name for path in KIMWEB.glob("*/models.py")}
    with_views = {path.parent.name for path in KIMWEB.glob("*/views.py")}
    assert with_models | with_views == set(FEATURES)


def web_imports(found: Module) -> list[str]:
    """What a room that knows no request imports of the web."""
    if (found.feature not in FEATURES and found.feature != "core") or found.room in ON_THE_WEB:
        return []
    return [f"{found.name} imports {name}" for name in imports(found.tree) if name.split("_")[0].startswith(WEB)]


def test_only_rooms_on_the_web_import_flask() -> None:
    assert [line for found in modules() for line in web_imports(found)] == []


@pytest.mark.parametrize("line", ["import flask", "from flask_babel import gettext", "from kimweb.web import context"])
def test_a_room_that_imports_the_web_is_noticed(line: str) -> None:
    assert web_imports(module(line, "aspirations/sending.py"))
    assert not web_imports(module(line, "aspirations/views.py"))


MODELS = {mapper.class_.__name__ for mapper in Base.registry.mappers}
OF_SQLALCHEMY = {"sqlalchemy.orm.Session", "sqlalchemy.exc.SQLAlchemyError"}


def built(found: Module) -> list[str]:
    """Where a room on the web makes a row, which goes round actions, or takes what makes statements."""
    if found.room not in ON_THE_WEB:
        return []
    made = [f"{at(found, call)} makes {ast.unparse(call.func)}" for call in calls(found.tree, *MODELS)]
    taken = [name for name in imports(found.tree) if name.startswith("sqlalchemy.") and name not in OF_SQLALCHEMY]
    return made + [f"{found.name} takes {name}" for name in taken]


def test_views_load_and_answer_but_never_build_models() -> None:
    assert {"News", "Announcement", "Aspiration", "Clarification", "User"} <= MODELS
    assert [line for found in modules() for line in built(found)] == []


@pytest.mark.parametrize("line", ["row = News(title='x')", "models.Aspiration()", "from sqlalchemy import insert"])
def test_a_view_that_builds_a_model_is_noticed(line: str) -> None:
    assert len(built(module(line, "news/views.py"))) == 1
    assert built(module(line, "news/actions.py")) == []


def of_features(found: Module, names: set[str]) -> list[str]:
    """Where the web names an endpoint, an address, a verb or a state of a feature."""
    if found.feature != "web":
        return []
    return [
        f"{at(found, node)} {node.value}"
        for node in ast.walk(found.tree)
        if isinstance(node, ast.Constant) and node.value in names
    ]


@pytest.fixture
def names_of_features(app: Flask) -> set[str]:
    """What the factory must tell the web, or a feature must bring."""
    rules = [rule for rule in app.url_map.iter_rules() if "." in rule.endpoint and rule.rule != "/"]
    enums = [kind for flow in (news, announcements, aspirations, clarifications) for kind in (flow.State, flow.Verb)]
    words = {str(member) for enum in enums for member in enum}
    return {rule.endpoint for rule in rules} | {rule.rule for rule in rules} | words


def test_the_web_names_no_feature(names_of_features: set[str]) -> None:
    assert [line for found in modules() for line in of_features(found, names_of_features)] == []


@pytest.mark.parametrize("word", ["accounts.sign_in", "/meja/", "penerusan", "submitted"])
def test_a_feature_named_on_the_web_is_noticed(word: str, names_of_features: set[str]) -> None:
    assert of_features(module(f"go({word!r})", "web/made_up.py"), names_of_features) == [f"web/made_up.py:1 {word}"]
    assert of_features(module(f"go({word!r})", "news/views.py"), names_of_features) == []


# ------------------------------------------------------------------ the contracts of pyproject.toml

VIOLATIONS = {
    "Rooms": ("news/queries.py", "import kimweb.aspirations.models"),
    "Inside a feature": ("kims/models.py", "import kimweb.kims.queries"),
    "Rules and data know no web": ("core/calendar.py", "import flask"),
    "Settings reach": ("areas/names.py", "import kimweb.settings"),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=100)


def test_each_contract_breaks_when_it_is_violated(tmp_path: Path) -> None:
    shutil.copytree(KIMWEB, tmp_path / "kimweb", ignore=shutil.ignore_patterns("__pycache__", "data", "texts"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, line in VIOLATIONS.values():
        with (tmp_path / "kimweb" / file).open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    said = " ".join(done.stdout.split())
    contracts = [contract["name"] for contract in CONFIG["tool"]["importlinter"]["contracts"]]
    assert done.returncode != 0
    assert len(contracts) == len(VIOLATIONS), "a new contract: say in VIOLATIONS how it breaks"
    for start in VIOLATIONS:
        name = next(name for name in contracts if name.startswith(start))
        assert f"{name} BROKEN" in said or f"{name}BROKEN" in said, done.stdout


def test_a_room_without_a_place_in_the_order_breaks_the_contract(tmp_path: Path) -> None:
    shutil.copytree(KIMWEB, tmp_path / "kimweb", ignore=shutil.ignore_patterns("__pycache__", "data", "texts"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "kimweb" / "elsewhere.py").write_text('"""A new room."""\n')
    done = lint_imports(tmp_path)
    assert done.returncode != 0
    assert "elsewhere" in done.stdout


def test_the_contracts_hold_every_feature() -> None:
    contracts = CONFIG["tool"]["importlinter"]["contracts"]
    inside = next(contract for contract in contracts if contract["name"].startswith("Inside"))
    assert set(inside["containers"]) == {f"kimweb.{feature}" for feature in FEATURES}
    settings = next(contract for contract in contracts if contract["name"].startswith("Settings"))
    assert set(settings["source_modules"]) == {f"kimweb.{feature}" for feature in (*FEATURES, "core")}


@pytest.mark.parametrize(
    "command", ["ruff check", "ruff format --check", "djlint", "mypy", "lint-imports", "bandit", "pytest"]
)
def test_bin_test_runs_every_tool(command: str) -> None:
    stages = [
        line for line in (ROOT / "bin/test").read_text().splitlines() if line.strip().startswith(("stage", "run"))
    ]
    assert any(command in line for line in stages), command
