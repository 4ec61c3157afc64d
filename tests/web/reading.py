"""Quick looks into a page: its links, its forms, what htmx enhances. Whether it is valid: tests/support/html.py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag

VOID = set("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905


@dataclass
class Element:
    """A start tag, and how deep it stands (0: at the top)."""

    tag: str
    attrs: dict[str, str]
    depth: int


@dataclass
class Form:
    """A form: its attributes, and what a browser would send if nobody typed anything (buttons left out)."""

    attrs: dict[str, str]
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    @property
    def action(self) -> str:
        """Its address; "" for the page's own."""
        return self.attrs.get("action", "")

    @property
    def method(self) -> str:
        """get or post."""
        return self.attrs.get("method", "get").lower()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self.texts: list[tuple[int, str]] = []
        self._depth = 0
        self._form: Form | None = None
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, found, self._depth))
        self._depth += tag not in VOID
        if tag == "form":
            self._form = Form(found)
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, found)

    def _field(self, form: Form, tag: str, attrs: dict[str, str]) -> None:
        name = attrs.get("name", "")
        if tag == "option" and self._select:
            value = attrs.get("value", "")
            if "selected" in attrs or self._select not in form.fields:
                form.fields[self._select] = value
            return
        if tag not in ("input", "textarea", "select") or not name:
            return
        form.names.add(name)
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea, form.fields[name] = name, ""
        elif attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs:
            form.fields[name] = attrs.get("value", "on" if attrs.get("type") == "checkbox" else "")

    def handle_data(self, data: str) -> None:
        self.texts.append((self._depth, data))
        if self._textarea and self._form is not None:
            self._form.fields[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag not in VOID
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._form is not None and self._textarea:
            # as a browser does, without the line break that follows the start tag
            self._form.fields[self._textarea] = self._form.fields[self._textarea].removeprefix("\n")
            self._textarea = ""


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader


def elements_in(text: str) -> list[Element]:
    """Every start tag, in order."""
    return _read(text).elements


def roots_of(text: str) -> tuple[list[str], str]:
    """The elements at the top of a fragment, and the text beside them."""
    reader = _read(text)
    tops = [element.tag for element in reader.elements if element.depth == 0]
    return tops, "".join(data for depth, data in reader.texts if depth == 0).strip()


def forms_in(text: str) -> list[Form]:
    """Every form."""
    return _read(text).forms


def links_in(text: str) -> list[str]:
    """The internal links, without fragments, as often as they stand."""
    found = [urldefrag(unescape(link))[0] for link in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', text)]
    return [link for link in found if link.startswith("/") and not link.startswith(("//", "/static/"))]
