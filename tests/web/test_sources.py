"""Law 8 in the files themselves: what a test page does not happen to show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from rcssmin import cssmin

from tests.structure.source import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted(path for path in (ROOT / "static/js").glob("*.js") if not path.name.endswith(".min.js"))
IN_TEMPLATES = {
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "expression for htmx to evaluate": re.compile(r"""hx-(?:on|vals\s*=\s*["']js:|trigger\s*=\s*["'][^"']*\[)"""),
    "file of somebody else": re.compile(r"""<(?:script|img|link|iframe)[^>]*\s(?:src|href)\s*=\s*["']https?:"""),
    "external style sheet": re.compile(r"""<link[^>]*rel\s*=\s*["']?stylesheet"""),
    "unescaped text": re.compile(r"\|\s*safe(?!\w)|autoescape"),
}
IN_SCRIPTS = re.compile(r"\beval\s*\(|new Function\s*\(|\.innerHTML\s*=|document\.write|setTimeout\s*\(\s*[\"']")
OUR_OWN_WORDS = re.compile(r"""extra='[^']*'\|safe""")
"""Attributes that a template itself writes out."""


JINJA = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def found_in(text: str) -> list[str]:
    text = JINJA.sub("", OUR_OWN_WORDS.sub("", text))
    return [what for what, pattern in IN_TEMPLATES.items() if pattern.search(text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_holds_no_code_for_the_browser(path: Path) -> None:
    assert found_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<p class="a" style="x">', "style attribute"),
        ('<a href="/" onclick="x">', "event attribute"),
        ('<a href="JavaScript:x">', "javascript: address"),
        ("<script>x</script>", "inline script"),
        ("<form hx-vals='js:{}'>", "expression for htmx to evaluate"),
        ('<script src="https://cdn.example/x.js">', "file of somebody else"),
        ('<link rel="stylesheet" href="/x.css">', "external style sheet"),
        ("{{ body|safe }}", "unescaped text"),
    ],
)
def test_code_in_a_template_is_noticed(text: str, what: str) -> None:
    assert found_in(text) == [what]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_evaluate_nothing(path: Path) -> None:
    assert not IN_SCRIPTS.search(path.read_text(encoding="utf-8"))


def test_a_script_that_evaluates_is_noticed() -> None:
    assert all(
        IN_SCRIPTS.search(line) for line in ("eval(x)", "new Function (x)", "a.innerHTML = b", 'setTimeout("x")')
    )


def test_every_template_escapes(app: Flask) -> None:
    assert all(app.select_jinja_autoescape(str(path)) for path in TEMPLATES)


def test_the_shared_style_stays_small() -> None:
    """It is inlined in every page: 3,000 bytes at most, as delivery.md and the sheet's own first line say."""
    sheet = (ROOT / "static/css/base.css").read_text(encoding="utf-8")
    assert len(cssmin(sheet).encode()) <= 3_000
