"""Every link leads somewhere, for everybody; and what holds for every page of the site."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator

import pytest

from tests.support.html import problems
from tests.web.reading import Element, elements_in, forms_in
from tests.web.site import DRAFT, SENDER, STAFF, VISITOR, Crawl, SeenPage

EVERYBODY = (VISITOR, SENDER, *STAFF)
FEWEST = {VISITOR: 25, SENDER: 15}
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADER_BYTES = 850


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_link_leads_to_a_page(who: str, crawl: Crawl) -> None:
    pages = crawl.of(who)
    broken = [
        f"{page.response.status_code} {page.path} (on {page.via})"
        for page in pages
        if page.response.status_code not in (200, 301, 303, 410)  # (410: why a piece was withdrawn)
    ]
    assert [line for line in broken if "/aspirasi/kirim/selesai/" not in line or who != SENDER] == []
    assert len(pages) >= FEWEST.get(who, 15)


def test_redirects_name_no_host(crawl: Crawl) -> None:
    moved = [page.response.headers["Location"] for page in crawl.pages if page.response.status_code in (301, 303)]
    assert [where for where in moved if not where.startswith("/")] == []


@pytest.mark.parametrize("who", EVERYBODY)
def test_every_page_is_valid_html(who: str, crawl: Crawl) -> None:
    wrong = {page.path: found for page in _one_of_a_kind(crawl.of(who)) if (found := problems(page.text))}
    assert wrong == {}


def _one_of_a_kind(pages: list[SeenPage]) -> Iterator[SeenPage]:
    """Two pages of each kind: judging one as a browser would takes a while."""
    kinds: dict[str, int] = {}
    for page in pages:
        kind = re.sub(r"[0-9][0-9.]*|[0-9A-Z]{3}-[0-9A-Z]{3}|=[^&]+", "…", page.path)
        kinds[kind] = kinds.get(kind, 0) + 1
        if page.is_html and kinds[kind] <= 2:
            yield page


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE html><html><head><title>a</title></head><body><main><h1>a</h1></main></body></html>",
        '<!DOCTYPE html><html lang="id"><head><title>a</title></head><body><main><h1>a</h1><input name="b"></main>',
        '<!DOCTYPE html><html lang="id"><head><title>a</title></head><body><main><h1>a</h1><p id="b"><p id="b"></main>',
    ],
)
def test_a_broken_page_is_noticed(text: str) -> None:
    assert problems(text)


# ------------------------------------------------------------------ law 7: everything works without JavaScript


FIELDS = ("input", "textarea")


def lost_without_script(text: str) -> list[str]:
    """Elements that htmx enhances and that are no link or form with the same address.

    A field of a form may ask while one types, for something that stands beside it and that a screen reader is told of:
    whoever has no script is shown the same after the button (each such form's own tests see to that).
    """
    elements = elements_in(text)
    told = {f"#{each.attrs['id']}" for each in elements if "aria-live" in each.attrs and "id" in each.attrs}
    return [
        f"<{each.tag} {each.attrs}>"
        for each in elements
        if _enhanced(each) and not _real(each) and not (each.tag in FIELDS and each.attrs.get("hx-target") in told)
    ]


def _enhanced(element: Element) -> bool:
    return any(name.startswith("hx-") for name in element.attrs)


def _real(element: Element) -> bool:
    attrs = element.attrs
    if element.tag == "a":
        return bool(attrs.get("href")) and attrs.get("hx-get") == attrs["href"]
    method = attrs.get("method", "get").lower()
    return element.tag == "form" and bool(attrs.get("action")) and attrs.get(f"hx-{method}") == attrs["action"]


def test_what_htmx_enhances_works_without_it(crawl: Crawl) -> None:
    assert {page.path: lost for page in crawl.html if (lost := lost_without_script(page.text))} == {}
    assert any(_enhanced(each) for page in crawl.html for each in elements_in(page.text))


@pytest.mark.parametrize(
    "text",
    [
        '<button hx-post="/x">go</button>',
        '<a hx-get="/x">go</a>',
        '<form hx-post="/x" method="post" action="/y"></form>',
        '<form hx-post="/x" action="/x"></form>',
        '<textarea hx-get="/x" hx-target="#y"></textarea><div id="y"></div>',
        '<button hx-get="/x" hx-target="#y"></button><div id="y" aria-live="polite"></div>',
    ],
)
def test_an_element_that_needs_script_is_noticed(text: str) -> None:
    assert lost_without_script(text)
    assert not lost_without_script('<form method="post" action="/x" hx-post="/x"></form>')


def test_every_form_can_be_sent_by_a_button(crawl: Crawl) -> None:
    wrong = [
        f"{page.path}: {form.attrs}"
        for page in crawl.html
        for form in forms_in(page.text)
        if form.method not in ("get", "post") or (form.method == "get" and not form.action)
    ]
    assert wrong == []


# ------------------------------------------------------------------ law 8: no inline script, no eval


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_policy_is_strict_and_fits_the_style(who: str, crawl: Crawl) -> None:
    for page in crawl.of(who):
        if page.response.mimetype != "text/html":
            continue
        rules = dict(part.split(" ", 1) for part in page.response.headers["Content-Security-Policy"].split(";"))
        digests = [
            base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in STYLE.findall(page.text)
        ]
        expected = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
        assert rules == POLICY | {"style-src": expected}, page.path


def test_headers_are_safe_and_short(crawl: Crawl) -> None:
    for page in crawl.html:
        headers = page.response.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        form = page.path.split("?")[0] in ("/aspirasi/kirim/", "/cek-fakta/lapor/")  # "back" finds what was typed
        keeps = page.who == VISITOR or (page.who == SENDER and form)
        assert headers["Cache-Control"] == ("private, no-cache" if keeps else "private, no-store"), page.path
        assert keeps or "ETag" not in headers, page.path  # nobody else's copy answers for a private page
        # the one answer that brings a desk its token's cookie is no page that people wait for on 2G
        lines = [len(name) + len(value) + 4 for name, value in headers if page.who == VISITOR or name != "Set-Cookie"]
        size = len("HTTP/1.1 200 OK\r\n") + sum(lines) + 2
        assert size <= HEADER_BYTES, (page.path, size)


def test_reading_sets_no_cookie(crawl: Crawl) -> None:
    assert [page.path for page in crawl.of(VISITOR) if "Set-Cookie" in page.response.headers] == []


# ------------------------------------------------------------------ what people wrote stays text


def test_what_somebody_wrote_never_becomes_code(crawl: Crawl) -> None:
    shown = [page.text for page in crawl.of("budi") if "Draf " in page.text and "Budi" in page.text]
    assert shown
    for text in shown:
        assert DRAFT not in text
        assert "Draf &lt;b&gt;Budi&lt;/b&gt; &amp; &#34;kawan&#34; {{ 7 * 7 }}" in text


def test_a_draft_is_seen_by_nobody_else(crawl: Crawl) -> None:
    assert {page.who for page in crawl.html if "Draf &lt;b&gt;Budi" in page.text} == {"budi"}
