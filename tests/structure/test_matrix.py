"""Everybody × every route × everything that an address can name: a foreign id is a 404.

Walked over the URL map: a new page, fragment, feed, search or export is in it at once, and a new kind of thing in an
address fails until `tests/structure/things.py` names some. What is expected comes from the policies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from kimweb.core.actor import Actor, Role
from kimweb.core.codes import pin_for
from kimweb.core.mail import Server
from kimweb.core.permissions import GRANTED_TO, Permission
from kimweb.web.access import PUBLIC, access_of, may, public
from tests.conftest import SECRET_KEY
from tests.structure.things import Thing, nobody, things
from tests.support.people import EVERYBODY, People, enter
from tests.support.statements import Statements, written
from tests.web.site import browser

SENDER, FOLLOWED = "sender", "aspiration, secret, received"
"""Somebody who proved with code and PIN to have sent this one; the cookie reaches only below /aspirasi/."""
EVERYBODY_HERE = (*EVERYBODY, SENDER)
ONE_OF_EACH = ("budi", "sari", "siti", "rahman", "dewi", "agus", SENDER)
"""Who walks on PostgreSQL: what it might see differently is SQL, and the flows' tests compare that for everybody."""
LOOKED_AT = ("people.person",)
"""Pages behind a permission that are read by whoever sees the thing, and offer only what the reader may do."""
SOME = 5
"""Of the things of a kind, how many a route that changes them is tried with."""
TAKEN_AS_TRIED = ("INSERT INTO attempts", "DELETE FROM attempts")
"""A wrong code is counted (throttles)."""


def named_by(rule: Rule, known: list[Thing]) -> list[Thing]:
    """What may stand in this route's address: things of just this rule, else those of its beginning."""
    fitting = [thing for thing in known if set(thing.arguments) == rule.arguments]
    own = [thing for thing in fitting if thing.at == rule.rule]
    return own or [thing for thing in fitting if thing.at == rule.rule.partition("<")[0]]


def address(rule: Rule, thing: Thing) -> str:
    """This thing's address under a route."""
    built = rule.build(dict(thing.arguments))
    assert built is not None
    return built[1]


def unknown(app: Flask, known: list[Thing]) -> list[str]:
    """Routes for which no thing that is there, or none that is not, was named."""
    found = []
    for rule in app.url_map.iter_rules():
        about = named_by(rule, known)
        both = any(thing.sees is nobody for thing in about) and any(thing.sees is not nobody for thing in about)
        if rule.arguments and not both:
            found.append(rule.rule)
    return found


@dataclass
class Walk:
    """One person's way through every route; notes what was not as it should be."""

    app: Flask
    who: str
    client: FlaskClient
    actor: Callable[[str], Actor]
    known: list[Thing]
    sent: Statements
    wrong: list[str] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        """Take the token that forms carry."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.post("/keluar/").text)
        assert found
        self.client.environ_base["HTTP_X_CSRFTOKEN"] = found[1]

    def all_of_it(self) -> None:
        """Every route: those that read, those that change something of somebody, then those of one's own."""
        rules = sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule)
        for method in ("GET", "POST"):
            for rule in rules:
                if rule.arguments and method in (rule.methods or ()):
                    self.about_things(method, rule)
        own = [(method, rule) for method in ("GET", "POST") for rule in rules if not rule.arguments]
        for method, rule in sorted(own, key=lambda each: each[1].endpoint == "accounts.sign_out"):
            if method in (rule.methods or ()):
                self.without_thing(method, rule)

    def about_things(self, method: str, rule: Rule) -> None:
        """A route with something in its address."""
        about = named_by(rule, self.known)
        if not self._enters(rule):
            self._turned_away(method, rule.rule, address(rule, about[0]), rule)
            return
        for thing in about if method == "GET" else self._some(rule, about):
            path = address(rule, thing)
            who = self.actor(path)
            expected = self._expected(method, rule, thing, who)
            if expected:
                answer = self._ask(method, path, f"{rule.rule} of {thing.name}", expected, about=thing)
                self._fragment(answer, path, expected)

    def _some(self, rule: Rule, about: list[Thing]) -> list[Thing]:
        """What is not there, and SOME of the others: each route begins with another one, so that all have their turn
        at the nouns of their kind."""
        others = [thing for thing in about if thing.sees is not nobody]
        begin = sum(rule.rule.encode()) % max(1, len(others))
        return [thing for thing in about if thing.sees is nobody] + (others[begin:] + others[:begin])[:SOME]

    def _expected(self, method: str, rule: Rule, thing: Thing, who: Actor) -> tuple[int, ...]:
        """The statuses that are right; none: it would change something, which the tests of each flow look at."""
        access = access_of(self.app.view_functions[rule.endpoint])
        if not thing.sees(who):
            return (thing.instead.get(rule.endpoint, 404),)
        decides = thing.may if isinstance(access, Permission) and rule.endpoint not in LOOKED_AT else None
        allowed = decides is None or decides(who, Permission(str(access)))
        if method == "POST":
            return () if allowed else (403, 409)
        return (200,) if decides is None else (200, 409) if allowed else (403, 409)

    def without_thing(self, method: str, rule: Rule) -> None:
        """A page, list, search, feed or export; whatever it shows, it shows nothing that is not seen. What belongs to
        oneself may change here."""
        if not self._enters(rule):
            self._turned_away(method, rule.rule, rule.rule, rule)
            return
        if method == "POST":
            self._ask(method, rule.rule, rule.rule, (200, 303, 403, 404, 409, 422), writes=True)
            return
        expected = (200, 303, 404)
        self._fragment(self._ask(method, rule.rule, rule.rule, expected), rule.rule, expected)
        self._ask("GET", f"{rule.rule}?q=zx&wilayah=16.06.01&sesudah=", f"{rule.rule}, searched", expected)

    def _enters(self, rule: Rule) -> bool:
        access = access_of(self.app.view_functions[rule.endpoint])
        return access == PUBLIC or (isinstance(access, Permission) and may(self.actor(rule.rule), access))

    def _turned_away(self, method: str, what: str, path: str, rule: Rule) -> None:
        access = access_of(self.app.view_functions[rule.endpoint])
        assert isinstance(access, Permission)
        shown_the_way = not self.actor(path).signed_in or Role.SENDER in GRANTED_TO[access]
        self._ask(method, path, what, (303,) if shown_the_way else (403,))

    def _fragment(self, answer: TestResponse, path: str, expected: tuple[int, ...]) -> None:
        """The same for htmx, where a page says that there is a part of it."""
        if answer.status_code == 200 and "HX-Request" in answer.headers.get("Vary", ""):
            self._ask("GET", path, f"the fragment of {path}", expected, part=True)

    def _ask(
        self,
        method: str,
        path: str,
        what: str,
        expected: tuple[int, ...],
        *,
        about: Thing | None = None,
        part: bool = False,
        writes: bool = False,
    ) -> TestResponse:
        self.asked, before = self.asked + 1, len(self.sent)
        headers = {"HX-Request": "true"} if part else None
        answer = self.client.open(path, method=method, headers=headers, buffered=True)
        line = f"{self.who}: {method} {path} ({what}): {answer.status_code}"
        if answer.status_code not in expected:
            self.wrong.append(f"{line}, not {' or '.join(map(str, expected))}")
        sent = [] if writes else [text for text in self.sent[before:] if _counts(text)]
        self.wrong += [f"{line} wrote {' '.join(text.split())[:60]}" for text in sent]
        if not (answer.mimetype or "").startswith("image/"):
            self.wrong += [f"{line} shows {name}" for name in self._leaked(answer.text, about)]
        return answer

    def _leaked(self, text: str, about: Thing | None) -> Iterator[str]:
        """What stands in a text though this reader sees it nowhere; `about`: what the address itself names."""
        found = set(re.findall(r"zx\d{3}q", text)) - {about.mark if about else ""}
        for thing in self.known if found else ():
            if thing.mark in found and not thing.sees(self.actor("/aspirasi/")):
                yield thing.name


def _counts(statement: str) -> bool:
    return not statement.startswith(("BEGIN", *TAKEN_AS_TRIED))


@pytest.fixture(autouse=True)
def mailing(app: Flask) -> None:
    """Mail is configured, else its addresses are there for nobody."""
    held = app.extensions["kimweb"]
    server = Server("127.0.0.1", 25, "kim@example.go.id")
    held.settings = replace(held.settings, mail=server, public_url="https://kim.example.go.id")


def _walk(app: Flask, people: People, who: str, known: list[Thing], sent: Statements) -> Walk:
    client = browser(app)
    if who != SENDER:
        actor = people.actor(who)
        return Walk(app, who, enter(client, who) if who != "visitor" else client, lambda _path: actor, known, sent)
    code = str(next(thing.arguments["code"] for thing in known if thing.name == FOLLOWED))
    pin = pin_for(SECRET_KEY, code, 0)
    assert client.post("/aspirasi/lacak/", data={"code": code, "pin": pin}).status_code == 303
    plain, proven = people.actor("visitor"), people.actor("visitor", proofs=frozenset({f"aspiration:{code}"}))
    return Walk(app, who, client, lambda path: proven if path.startswith("/aspirasi/") else plain, known, sent)


@pytest.mark.database
@pytest.mark.timeout(300)
def test_everybody_gets_from_every_route_what_the_policies_say(app: Flask, session: Session, database_url: str) -> None:
    """A GET and a POST: what is foreign or missing is a 404 that changes no row, what is forbidden a 403 (or a 409 that
    comes first), and no page shows a word of what its reader does not see."""
    people = People(session).gather()
    known = things(people)
    assert unknown(app, known) == [], "say in tests/structure/things.py what these addresses name"
    wrong: list[str] = []
    asked = 0
    for who in EVERYBODY_HERE if database_url.startswith("sqlite") else ONE_OF_EACH:
        with written() as sent:
            walk = _walk(app, people, who, known, sent)
            sent.clear()
            walk.all_of_it()
        wrong, asked = wrong + walk.wrong, asked + walk.asked
    assert wrong == [], "\n".join(["", *wrong])
    assert asked > 2000


def test_what_an_address_does_not_take_is_a_405(app: Flask, session: Session) -> None:
    known, client, urls = things(People(session).gather()), browser(app), app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        path = address(rule, named_by(rule, known)[0]) if rule.arguments else rule.rule
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(urls.allowed_methods(path)):
            assert client.open(path, method=method, buffered=True).status_code == 405, f"{method} {path}"


@pytest.mark.parametrize("rule", ["/sekolah/<id:school_id>/", "/berita/<id:news_id>/tanggapan/<id:answer_id>/"])
def test_a_route_about_something_that_nobody_named_is_noticed(app: Flask, session: Session, rule: str) -> None:
    known = things(People(session).gather())
    app.add_url_rule(rule, "new", public(lambda **_arguments: ""))
    assert unknown(app, known) == [rule]
