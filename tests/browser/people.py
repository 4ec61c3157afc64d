"""One person with a browser, and the desk as they see it. The same words with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.looks import Looks

_MARK = "window.neverLeft"


@dataclass(frozen=True)
class Person:
    """Somebody's browser on a server. Every page they come to is looked at.

    `scripted`: whether it runs JavaScript, and so htmx on the desks.
    """

    page: Page
    url: str
    looks: Looks
    scripted: bool

    # ------------------------------------------------------------ going about

    def open(self, path: str, *, status: int = 200) -> Page:
        """Go to an address of the site."""
        response = self.page.goto(self.url + path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        self.looks.small(self.page)
        return self.page

    @property
    def path(self) -> str:
        """Where they are, without the server."""
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def leads(self, act: Callable[[], None]) -> Page:
        """Do something that leads to another page, and look at that."""
        with self.page.expect_navigation():
            act()
        self.looks.small(self.page)
        return self.page

    def press(self, name: str, *, within: Locator | None = None) -> Page:
        """Press a button or a link that looks like one; it leads to another page."""
        return self.leads(button(within or self.page.locator("main"), name).click)

    def sign_in(self, username: str, password: str) -> Person:
        """By the form; ends at the desk."""
        self.open("/masuk/")
        self.page.fill("#username", username)
        self.page.fill("#password", password)
        self.leads(self.page.locator("main form button").click)
        assert self.path == "/meja/", self.page.inner_text("main")
        return self

    # ------------------------------------------------------------ reading

    def reads(self, *texts: str) -> None:
        """The page says all of it."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def misses(self, *texts: str) -> None:
        """The page says nothing of it."""
        for text in texts:
            expect(self.page.locator("main")).not_to_contain_text(text)

    def sees_at(self, path: str, *texts: str) -> None:
        """Goes there, and reads it."""
        self.open(path)
        self.reads(*texts)

    def misses_at(self, path: str, *texts: str) -> None:
        """Goes there, and does not find it."""
        self.open(path)
        self.misses(*texts)

    # ------------------------------------------------------------ the desk

    def row(self, title: str) -> Locator:
        """The desk's row about something, on the page that is open."""
        return self.page.locator("article.row", has=self.page.get_by_role("link", name=title, exact=True))

    def at_desk(self, title: str) -> Locator:
        """Goes to the desk and finds the row about something."""
        self.open("/meja/")
        row = self.row(title)
        expect(row).to_have_count(1)
        return row

    def decide(self, row: Locator, name: str, says: str) -> None:
        """Press a button of a desk's row, and see the row give way to one line that says what happened.

        With htmx that happens in place; without, the form leads back to the desk.
        """
        desk, title = self.page.url, row.get_by_role("heading").inner_text()
        if not self.scripted:
            self.press(name, within=row)
            assert self.page.url == desk
            expect(self.page.get_by_role("status")).to_have_text(f"{says} {title}")
            return
        self._with_htmx()
        others = self.page.locator("article.row").count() - 1
        self.page.evaluate(f"() => {{ {_MARK} = true }}")
        button(row, name).click()
        line = self.page.locator("article.row[role=status]")
        expect(line).to_contain_text(says)
        expect(line.get_by_role("link", name=title)).to_be_visible()
        expect(self.page.locator("article.row:not([role=status])")).to_have_count(others)
        self.stayed(desk)

    def _with_htmx(self) -> None:
        """The desk's script has come: a script that a deferred one brings in holds up the load event.

        (Waiting for a function would poll by eval, which the page's CSP forbids.)
        """
        self.page.wait_for_load_state("load")
        assert self.page.evaluate("() => typeof htmx") == "object"

    def refused(self, row: Locator, name: str) -> None:
        """Press a button whose form breaks a rule, round the browser's own check: the answer takes the row's place."""
        self._with_htmx()
        desk = self.page.url
        self.page.evaluate(f"() => {{ {_MARK} = true; for (const form of document.forms) form.noValidate = true }}")
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            button(row, name).click()
        self.stayed(desk)

    def stayed(self, address: str) -> None:
        """The page is still the same one: nothing was loaded anew."""
        assert self.page.url == address
        assert self.page.evaluate(f"() => {_MARK}") is True
        self.looks.small(self.page)


class Comes(Protocol):
    """Lets a person come; one with a name signs in, one without is a villager with a keypad phone."""

    def __call__(self, username: str = "", /) -> Person:
        """A browser of their own."""


def button(within: Locator, name: str) -> Locator:
    """A button, or a link that looks like one, by its whole text; only one that can be seen."""
    found = within.locator("button, a.button").filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$"))
    return found.locator("visible=true")


def unfold(within: Locator, name: str) -> None:
    """Open what is folded behind a summary."""
    summary = within.locator("summary").filter(has_text=re.compile(rf"^\s*{re.escape(name)}\s*$"))
    summary.click()
