"""The message catalogue: every message has its English, with the same placeholders, and is compiled."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from kimweb import devtools
from kimweb.settings import ROOT

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
DYNAMIC = re.compile(r"(?<![\w.])_\((?![\"'])")


def _strings(message: object) -> list[str]:
    return [message] if isinstance(message, str) else list(message)  # type: ignore[call-overload]


def test_every_message_has_its_english() -> None:
    known = {str(message.id): message for message in devtools.read_catalog() if message.id}
    wanted = [message for message in devtools.extract() if message.id]
    assert len(wanted) > 500
    missing = [m.id for m in wanted if str(m.id) not in known or not all(_strings(known[str(m.id)].string))]
    assert missing == [], "python -m kimweb catalogue, then translate"


def test_placeholders_are_the_same_in_both_languages() -> None:
    for message in devtools.read_catalog():
        wanted = {name for text in _strings(message.id) for name in PLACEHOLDER.findall(text)}
        for text in _strings(message.string) if message.id else []:
            assert set(PLACEHOLDER.findall(text)) == wanted, message.id


def test_the_compiled_catalogue_is_todays() -> None:
    compiled = read_mo(BytesIO(devtools.po_path().with_suffix(".mo").read_bytes()))
    assert _by_message(compiled) == _by_message(devtools.read_catalog())


def _by_message(catalog: Catalog) -> dict[tuple[str, ...], list[str]]:
    return {tuple(_strings(m.id)): _strings(m.string) for m in catalog if m.id}


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_only_literals_are_handed_to_gettext(path: Path) -> None:
    """Jinja's newstyle gettext takes its result for markup and for a format: a variable goes through the filter `t`."""
    assert DYNAMIC.findall(path.read_text(encoding="utf-8")) == []
