"""Bytes on the wire: encodings, static files, and the budget of a page (delivery.md)."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.structure.source import ROOT
from tests.web.site import VISITOR, Crawl, browser

PAGES = ("/", "/desa/", "/berita/", "/aspirasi/kirim/", "/tidak-ada/")
MOST = 5_000
"""Bytes of a public page in gzip, with its headers."""


def get(client: FlaskClient, path: str, accepted: str | None) -> TestResponse:
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    return whole(client.get(path, headers=headers))


def whole(answer: TestResponse) -> TestResponse:
    """Read to its end, so that the file behind it is closed."""
    answer.get_data()
    answer.close()
    return answer


def weight(answer: TestResponse) -> int:
    """What goes over the wire: status line, headers, body."""
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers)
    return len(f"HTTP/1.1 {answer.status}\r\n") + head + 2 + len(answer.data)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_goes_out_in_what_the_browser_takes(client: FlaskClient, path: str) -> None:
    plain = get(client, path, None)
    text = re.sub(r'(name="key" value=")\w+', r"\1", plain.text)
    for accepted, encoding in (
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
    ):
        answer = get(client, path, accepted)
        assert answer.headers.get("Content-Encoding") == encoding, accepted
        body = gzip.decompress(answer.data) if encoding == "gzip" else brotli.decompress(answer.data)
        assert re.sub(r'(name="key" value=")\w+', r"\1", body.decode()) == text
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain.data)


@pytest.mark.parametrize("accepted", [None, "", "identity", "deflate", "gzip;q=0", "zstd", "br;q=0, gzip;q=0", "*;q=0"])
def test_what_a_browser_does_not_take_is_not_sent(client: FlaskClient, accepted: str | None) -> None:
    answer = get(client, "/", accepted)
    assert "Content-Encoding" not in answer.headers
    assert "<!DOCTYPE html>" in answer.text
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("accepted", ["gzip;q=abc", "br;q=1.0;x=y,gzip", "gzip,,", "\xff", "gzip" * 500])
def test_a_strange_wish_gets_a_page_all_the_same(client: FlaskClient, accepted: str) -> None:
    assert get(client, "/", accepted).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_brotli_is_never_larger(client: FlaskClient, path: str) -> None:
    assert len(get(client, path, "gzip, br").data) <= len(get(client, path, "gzip").data)


def test_small_answers_stay_as_they_are(client: FlaskClient) -> None:
    answer = get(client, "/healthz", "gzip, br")
    assert (answer.text, answer.headers.get("Content-Encoding")) == ("ok", None)


def test_a_head_request_tells_the_same_without_the_page(client: FlaskClient) -> None:
    head = client.head("/tentang/", headers={"Accept-Encoding": "gzip"})
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Encoding"] == "gzip"


# ------------------------------------------------------------------ static files


STATIC = [str(path.relative_to(ROOT / "static")) for path in sorted((ROOT / "static/js").glob("*.js"))]


@pytest.mark.parametrize("name", STATIC)
def test_static_files_are_kept_for_a_year_and_named_by_content(app: Flask, client: FlaskClient, name: str) -> None:
    with app.test_request_context():
        address = app.jinja_env.globals["asset"](name)  # type: ignore[operator]
    assert re.fullmatch(rf"/static/{re.escape(name)}\?v=[0-9a-f]{{8}}", address)
    answer = get(client, address, "gzip, br")
    assert answer.status_code == 200
    assert re.search(r"max-age=31536000\b", answer.headers["Cache-Control"])
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_encoding_has_its_own_validator(client: FlaskClient) -> None:
    tags = {
        accepted: get(client, "/static/js/htmx.min.js", accepted).headers["ETag"] for accepted in ("", "gzip", "br")
    }
    assert len(set(tags.values())) == 3
    for accepted, tag in tags.items():
        headers = {"Accept-Encoding": accepted, "If-None-Match": tag}
        answer = whole(client.get("/static/js/htmx.min.js", headers=headers))
        assert (answer.status_code, answer.data) == (304, b""), accepted
        assert answer.headers["ETag"] == tag
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_file_without_its_version_is_asked_for_again(client: FlaskClient) -> None:
    for query in ("", "?v=", "?v=00000000"):
        answer = get(client, "/static/js/desk.js" + query, "gzip")
        assert "max-age" not in answer.headers["Cache-Control"], query


def test_static_files_are_never_guessed_out_of_their_folder(client: FlaskClient) -> None:
    for path in ("/static/../wsgi.py", "/static/%2e%2e/wsgi.py", "/static/js/..%2f..%2fwsgi.py", "/static/"):
        answer = whole(client.get(path))
        assert answer.status_code == 404, path
        assert "create_app" not in answer.text


def test_the_loader_of_a_public_form_is_small(client: FlaskClient) -> None:
    assert weight(get(client, "/static/js/typing.js", "gzip, br")) <= 1_500


def test_htmx_costs_what_the_budget_allows(client: FlaskClient) -> None:
    assert len(get(client, "/static/js/htmx.min.js", "gzip, br").data) <= 14_000


# ------------------------------------------------------------------ the budget of a page


def test_every_public_page_stays_within_its_budget(demo_site: Flask, crawl: Crawl) -> None:
    """A realistic page: the demonstration's six months in 242 villages."""
    client = browser(demo_site)
    pages = [page.path for page in crawl.of(VISITOR) if page.is_html]
    sizes = {path: weight(get(client, path, "gzip")) for path in pages}
    assert {path: size for path, size in sizes.items() if size > MOST} == {}
    assert len(sizes) >= 25


def blocking(text: str) -> list[str]:
    """What a browser fetches before it paints, besides the page."""
    head, _, body = text.partition("</head>")
    found = re.findall(r"<link\b[^>]*\brel=\"?stylesheet[^>]*>|<script\b(?![^>]*\b(?:defer|async)\b)[^>]*>", head)
    return found + re.findall(r"@import|url\(\s*[\"']?(?!data:)", head) + re.findall(r"<script\b[^>]*>", body)


def test_a_page_is_one_blocking_request(crawl: Crawl) -> None:
    assert {page.path: found for page in crawl.html if (found := blocking(page.text))} == {}


TYPED = ("/cari/", "/cek-fakta/lapor/")
"""Pages that answer while one types: the loader after the paint, and htmx once somebody goes to write."""
LOADER = re.compile(r'<script src="/static/js/typing\.js\?v=\w+" data-htmx="[^"]+" defer></script>')


def test_public_pages_ask_for_nothing_else(crawl: Crawl) -> None:
    """No script at all for readers, no picture, no icon to fetch."""
    for page in crawl.of(VISITOR):
        if page.is_html:
            text = LOADER.sub("", page.text, count=1) if page.path.split("?")[0] in TYPED else page.text
            fetched = re.findall(r"<(?:script|img|iframe|object|video|audio|source)\b", text)
            links = re.findall(r'<link\b[^>]*href="([^"]*)"', page.text)
            assert (fetched, [link for link in links if not link.startswith("data:")]) == ([], []), page.path


@pytest.mark.parametrize(
    "text",
    [
        '<link rel="stylesheet" href="/a.css"></head>',
        '<script src="/a.js"></script></head>',
        "<style>@import 'a'</style></head>",
    ],
)
def test_a_second_blocking_request_is_noticed(text: str) -> None:
    assert blocking(text)
    assert not blocking('<script src="/a.js" defer></script></head>')


def test_nothing_big_hides_in_static() -> None:
    assert [
        path.name for path in Path(ROOT / "static").rglob("*") if path.is_file() and path.stat().st_size > 60_000
    ] == []
