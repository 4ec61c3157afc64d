"""Law 6: fragments are files that say what they need, and need nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
from flask import Flask, g, render_template
from flask.testing import FlaskClient
from jinja2 import meta, nodes
from jinja2.utils import missing

from kimweb.core.actor import Actor
from kimweb.web import context
from tests.structure.source import ROOT
from tests.web.reading import elements_in, links_in, roots_of
from tests.web.site import Crawl

TEMPLATES = ROOT / "templates"
ALL = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
MACROS = {
    "accounts/parts.html",
    "components/change.html",
    "components/fields.html",
    "components/page.html",
    "components/photos.html",
    "announcements/parts.html",
    "clarifications/parts.html",
}
LAYOUTS = {"layouts/base.html", "layouts/desk.html"}
FRAGMENTS = [name for name in ALL if Path(name).name.startswith("_")]
PAGES = [name for name in ALL if name not in FRAGMENTS and name not in MACROS | LAYOUTS]
INSIDE = {
    "components/_due.html": "two lines of a cell; the row around it is the root",
    "home/_elections.html": "one notice for each masa pemilihan, mostly none",
    "home/_masthead.html": "the link of the header",
    "home/_news.html": "a list, or a sentence in its place",
    "news/_second.html": "a choice of the row, where it is one",
}
"""Fragments that are never swapped alone: any number of roots."""
ROW = '{% include "news/_row.html" %}'
NEEDS = re.compile(r"\A\{# needs: (.+?) #\}")


def declared(text: str) -> set[str] | None:
    """The names on the first line. Brackets hold prose; so does what follows a semicolon and is no list of names."""
    found = NEEDS.match(text)
    if found is None:
        return None
    bare = re.sub(r"\([^()]*\)", "", found[1])
    names = bare.split(";")[0].split(",")
    for part in bare.split(";")[1:]:
        if re.fullmatch(r"\s*\w+\s*(,\s*\w+\s*)*", part):
            names += part.split(",")
    return {name.strip() for name in names} - {"nothing", ""}


def needed(env: jinja2.Environment, name: str) -> set[str]:
    """What a template reads from its context, with the templates that it includes."""
    source = env.loader.get_source(env, name)[0] if env.loader else ""
    tree = env.parse(source)
    own = _set_by_itself(tree)
    found = set(meta.find_undeclared_variables(tree))
    for included, scope in _includes(tree, own):
        found |= needed(env, included) - scope
    return found - own


def _set_by_itself(tree: nodes.Template) -> set[str]:
    """What the template sets or imports; jinja2.meta does not see that blocks read what stands outside of them."""
    found = _names([node.target for node in tree.find_all(nodes.Assign)])
    found |= _names([node.target for node in tree.find_all(nodes.AssignBlock)])
    found |= {node.target for node in tree.find_all(nodes.Import)}
    for node in tree.find_all(nodes.FromImport):
        found |= {name if isinstance(name, str) else name[1] for name in node.names}
    return found


def _includes(node: nodes.Node, scope: set[str]) -> Iterator[tuple[str, set[str]]]:
    """Each include, and the names that are set around it."""
    if isinstance(node, nodes.Include) and isinstance(node.template, nodes.Const):
        yield node.template.value, set(scope)
    if isinstance(node, nodes.With):
        scope = scope | _names(node.targets)
    elif isinstance(node, nodes.For):
        scope = scope | _names([node.target]) | {"loop"}
    elif isinstance(node, nodes.Macro):
        scope = scope | _names(node.args)
    for child in node.iter_child_nodes():
        yield from _includes(child, scope)


def _names(targets: list[Any]) -> set[str]:
    return {
        part.name
        for target in targets
        for part in [target, *target.find_all(nodes.Name)]
        if isinstance(part, nodes.Name)
    }


@pytest.fixture
def everywhere(app: Flask) -> set[str]:
    """What every template has without asking: globals and context processors."""
    with app.test_request_context():
        values: dict[str, Any] = {}
        app.update_template_context(values)
    return set(app.jinja_env.globals) | values.keys()


@pytest.mark.parametrize("name", FRAGMENTS + PAGES)
def test_a_template_says_on_its_first_line_what_it_needs(name: str, app: Flask, everywhere: set[str]) -> None:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    says, needs = declared(text), needed(app.jinja_env, name)
    assert says is not None, "no {# needs: … #} on the first line"
    assert needs - everywhere <= says, "needs more than it says"
    assert says - everywhere <= needs, "says more than it needs"


@pytest.mark.parametrize("name", sorted(MACROS))
def test_macros_read_arguments_only(name: str, app: Flask, everywhere: set[str]) -> None:
    assert needed(app.jinja_env, name) - everywhere - {"caller"} == set()


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_layouts_need_nothing_from_a_view(name: str, app: Flask, everywhere: set[str]) -> None:
    assert needed(app.jinja_env, name) - everywhere <= {"bundle"}
    assert NEEDS.match((TEMPLATES / name).read_text(encoding="utf-8"))


def test_undefined_names_never_pass(app: Flask) -> None:
    assert app.jinja_env.undefined is jinja2.StrictUndefined


@pytest.mark.parametrize(
    ("text", "says", "needs"),
    [
        ("{# needs: a, b (none: c) #}{{ a }}", {"a", "b"}, {"a"}),
        ("{# needs: a; a word, on what; b, c #}{{ d }}", {"a", "b", "c"}, {"d"}),
        (
            '{# needs: nothing #}{% with news = a %}{% include "news/_row.html" %}{% endwith %}',
            set(),
            {"a", "with_place"},
        ),
        (
            '{# needs: area #}{% for news in x %}{% include "news/_row.html" %}{% endfor %}',
            {"area"},
            {"x", "with_place"},
        ),
    ],
)
def test_a_wrong_line_is_noticed(text: str, says: set[str], needs: set[str], app: Flask, everywhere: set[str]) -> None:
    loaders = [jinja2.DictLoader({"made-up.html": text}), app.jinja_env.loader]
    env = app.jinja_env.overlay(loader=jinja2.ChoiceLoader([loader for loader in loaders if loader]))
    assert declared(text) == says
    assert needed(env, "made-up.html") - everywhere == needs


# ------------------------------------------------------------------ each fragment from exactly what it declares


class Seen:
    """What fragments were rendered with, as the crawl's pages included them."""

    def __init__(self) -> None:
        self.values: dict[str, list[tuple[Actor, dict[str, Any]]]] = {}

    def note(self, name: str, values: dict[str, Any]) -> None:
        """Keep a few of each."""
        kept = self.values.setdefault(name, [])
        if len(kept) < 40:
            kept.append((context.actor(), values))


@pytest.fixture(scope="session")
def seen(demo_site: Flask, people: dict[str, FlaskClient], crawl: Crawl) -> Seen:
    """Pages of every kind once more, with the values that reach their fragments kept."""
    found, env = Seen(), demo_site.jinja_env
    plain = jinja2.Template.new_context

    def noting(self: jinja2.Template, vars: Any = None, shared: bool = False, locals: Any = None) -> Any:
        if self.name and Path(self.name).name.startswith("_"):
            given = {**(vars or {}), **(locals or {})}
            found.note(self.name, {key: value for key, value in given.items() if value is not missing})
        return plain(self, vars, shared, locals)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(env.template_class, "new_context", noting)
        for page in crawl.html:
            if page.who in people:
                people[page.who].get(page.path)
    return found


RARE = {"components/_done.html", "errors/_error.html", "aspirations/_sender.html", "areas/_category_form.html"}
"""Rendered by their own tests: after a decision, on an error, for a sender; the last one needs its form's macros."""
RARE |= {f"clarifications/_{name}.html" for name in ("similar", "stale", "way")}
"""The same: while a claim is typed, on a form that grew stale, and for whoever sent a claim (tests/clarifications)."""
RARE |= {"accounts/_seat.html", "accounts/_slip.html", "accounts/_own_slip.html", "accounts/_reset.html"}
"""The same: in a form, with its macros; of a slip, which nobody of the demonstration used; after an admin's reset."""


def rendered(name: str, site: Flask, seen: Seen) -> Iterator[str]:
    """The fragment alone, from what it declares, for each time that a page showed it."""
    says = declared((TEMPLATES / name).read_text(encoding="utf-8")) or set()
    cases = seen.values.get(name, [])
    assert cases, "no page of the demonstration shows it"
    for actor, values in cases:
        with site.test_request_context():
            g.actor = actor
            yield render_template(name, **{key: values[key] for key in says if key in values})


@pytest.mark.parametrize("name", [name for name in FRAGMENTS if name not in RARE])
def test_a_fragment_renders_from_exactly_what_it_says(name: str, demo_site: Flask, seen: Seen) -> None:
    for text in rendered(name, demo_site, seen):
        tops, beside = roots_of(text)
        if name not in INSIDE:
            assert (len(tops), beside) == (1, ""), text


def unstable(rows: list[str]) -> list[str]:
    """Rows whose root has no id, or not the same one for the same thing (what its first link leads to) and only it."""
    ids = {(row, links_in(row)[0], elements_in(row)[0].attrs.get("id", "")) for row in rows}
    pairs = {(link, name) for _, link, name in ids}
    wrong = {pair for pair in pairs if not pair[1] or sum(bool(set(pair) & set(other)) for other in pairs) > 1}
    return [row for row, link, name in ids if (link, name) in wrong]


@pytest.mark.parametrize("name", [name for name in FRAGMENTS if name.endswith("_row.html")])
def test_a_row_has_a_stable_id(name: str, demo_site: Flask, seen: Seen) -> None:
    assert unstable(list(rendered(name, demo_site, seen))) == []


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (['<li id="a"><a href="/a/">A</a></li>', '<li id="b"><a href="/b/">B</a></li>'], 0),
        (['<li id="a"><a href="/a/">A</a></li>', '<li id="a"><a href="/a/">A, again</a></li>'], 0),
        (['<li><a href="/a/">A</a></li>'], 1),
        (['<li id="row"><a href="/a/">A</a></li>', '<li id="row"><a href="/b/">B</a></li>'], 2),
        (['<li id="1"><a href="/a/">A</a></li>', '<li id="2"><a href="/a/">A, again</a></li>'], 2),
    ],
)
def test_a_row_without_a_stable_id_is_noticed(rows: list[str], wrong: int) -> None:
    assert len(unstable(rows)) == wrong
