"""What people send is read in time that grows with its length: 100 KB of the worst cost no more than ten times 10 KB
(with a wide margin: the machine is shared), and no form ever hangs.

Every pattern in kimweb/ is found in the source, so that a new one is tried as soon as it is written.
"""

from __future__ import annotations

import ast
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kimweb.accounts.second_factor import _clean as clean_second
from kimweb.accounts.views import _safe_path
from kimweb.areas.names import fold, search_name, split_query
from kimweb.core.codes import clean_code, pin_matches
from kimweb.core.paging import split_cursor, split_moment
from kimweb.web import filters
from kimweb.web.forms import clean_line, clean_text, parse_day
from tests.structure.source import Module, calls, module, modules

SMALL, LARGE = 10_000, 100_000
FACTOR = 60
"""Ten would be exact; a square would be a hundred."""
FLOOR_SECONDS, HANG_SECONDS = 0.004, 5.0
"""Below the floor nothing is measured: the clock and the machine's other work are larger."""

HOSTILE = {
    "spaces": " ",
    "tabs and lines": "\t\n",
    "lines": "\n",
    "blank lines": "\n\n\nx",
    "carriage returns": "\r\r\n",
    "letters": "a",
    "capitals": "KEC-",
    "digits": "1",
    "codes": "16.06.01.",
    "words": "kec ",
    "level words": "desa  ",
    "dots and dashes": ".-",
    "brackets": "(,",
    "marks": "\u0301",
    "marks of two kinds": "\u0327\u0301",
    "marks of three kinds": "\u0345\u0301\u0316",
    "hidden marks": "\u0f73",
    "double marks": "\u0344",
    "ligatures": "\ufdfa",
    "hangul": "\u1100\u1161\u11a8",
    "syllables": "\ud55c",
    "controls": "a\x00\u202e",
    "markup": "<b>&\"'",
    "escapes": "\\",
    "percent": "%2f",
}
Reader = Callable[[str], Any]


def hostile(kind: str, size: int) -> str:
    """So many characters of one kind, and at the end one that fits nowhere."""
    part = HOSTILE[kind]
    return (part * (size // len(part) + 1))[: size - 1] + "!"


def seconds(read: Reader, text: str) -> float:
    """The shorter of two runs, in time on a processor; a run that hangs counts at once."""
    took = []
    for _ in range(2):
        begun = time.thread_time()  # (what others do on this machine does not count)
        read(text)
        took.append(time.thread_time() - begun)
        if took[-1] > HANG_SECONDS:
            break
    return min(took)


def grows_too_fast(read: Reader, kind: str) -> str:
    """What is wrong, or ""."""
    small = seconds(read, hostile(kind, SMALL))
    if small > HANG_SECONDS / 10:
        return f"{kind}: {small:.2f} s for 10 KB"
    large = seconds(read, hostile(kind, LARGE))
    if large > FACTOR * max(small, FLOOR_SECONDS) or large > HANG_SECONDS:
        return f"{kind}: {small:.4f} s for 10 KB, {large:.4f} s for 100 KB"
    return ""


# ------------------------------------------------------------------ every pattern

METHODS = ("compile", "sub", "split", "fullmatch", "match", "search", "findall", "finditer")


def patterns(found: Module) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """The patterns written in a module: (where, how they are used, compiled)."""
    for call in calls(found.tree, *METHODS):
        on = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        if on != "re":
            continue
        literal = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
        assert isinstance(literal, str), f"{found.name}:{call.lineno}: a pattern that is no literal"
        flags = [eval(ast.unparse(part), {"re": re}) for part in _flags(call)]  # noqa: S307 (our own source)
        used = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        yield f"{found.name}:{call.lineno}", used, re.compile(literal, sum(flags))


def _flags(call: ast.Call) -> list[ast.expr]:
    parts = [*call.args[1:], *(keyword.value for keyword in call.keywords if keyword.arg == "flags")]
    return [part for part in parts if ast.unparse(part).startswith("re.")]


ALL = [entry for found in modules() for entry in patterns(found)]


def readers(used: str, pattern: re.Pattern[str]) -> list[Reader]:
    """As the source uses it; one that is compiled, in every way."""
    ways: dict[str, Reader] = {
        "sub": lambda text: pattern.sub("", text),
        "split": lambda text: pattern.split(text),
        "fullmatch": lambda text: pattern.fullmatch(text),
        "match": lambda text: pattern.match(text),
        "search": lambda text: pattern.search(text),
        "findall": lambda text: pattern.findall(text),
    }
    return list(ways.values()) if used == "compile" else [ways[used.replace("finditer", "findall")]]


@pytest.mark.parametrize(("where", "used", "pattern"), ALL, ids=[entry[0] for entry in ALL])
def test_every_pattern_takes_linear_time(where: str, used: str, pattern: re.Pattern[str]) -> None:
    said = [grows_too_fast(read, kind) for read in readers(used, pattern) for kind in HOSTILE]
    assert list(filter(None, said)) == [], where


def test_there_are_patterns_to_try() -> None:
    assert len(ALL) > 15


@pytest.mark.parametrize("line", [r'P = re.compile(r"(\s+)+x")', r'x = re.sub(r"(a+)+b", "", text)'])
def test_a_pattern_that_backtracks_is_noticed(line: str) -> None:
    """On inputs short enough to end."""
    (entry,) = patterns(module(f"import re\n{line}\n"))
    text = (" " if r"\s" in entry[2].pattern else "a") * 17
    assert max(seconds(read, text) for read in readers(entry[1], entry[2])) > FLOOR_SECONDS


# ------------------------------------------------------------------ every reader of text

READERS: dict[str, Reader] = {
    "clean_text": clean_text,
    "clean_line": clean_line,
    "parse_day": parse_day,
    "clean_code": clean_code,
    "pin_matches": lambda text: pin_matches("key", "H4T-9QC", 0, text),
    "second factor": clean_second,
    "fold": lambda text: fold(clean_line(text)),
    "split_query": lambda text: split_query(clean_line(text)),
    "search_name": lambda text: search_name(clean_line(text)),
    "paragraphs": filters.paragraphs,
    "excerpt": filters.excerpt,
    "phone_link": filters.phone_link,
    "whatsapp": filters.whatsapp,
    "split_moment": split_moment,
    "split_cursor": lambda text: split_cursor(text, 2),
    "the way on": _safe_path,
}


@pytest.mark.parametrize("name", READERS)
def test_every_reader_of_text_takes_linear_time(name: str, app: Flask) -> None:
    with app.test_request_context():
        said = [grows_too_fast(READERS[name], kind) for kind in HOSTILE]
    assert list(filter(None, said)) == []


def test_a_reader_that_takes_the_square_is_noticed() -> None:
    def slow(text: str) -> None:
        begun = time.thread_time()
        while time.thread_time() - begun < (len(text) / SMALL) ** 2 * 0.01:
            pass

    assert grows_too_fast(slow, "letters")


# ------------------------------------------------------------------ marks


@pytest.mark.parametrize("marks", ["\u0301", "\u0327\u0301", "\u0f73", "\u0344"])
def test_a_letter_keeps_at_most_thirty_marks(marks: str) -> None:
    cleaned = clean_text("a" + marks * 500 + "b")
    assert len(cleaned) <= 32
    assert clean_text(cleaned) == cleaned
    assert cleaned.endswith("b")


@pytest.mark.parametrize("text", ["Bésé e\u0301", "ক্ষুদ্র", "ᬅᬓ᭄ᬱᬭ", "שָׁלוֹם", "ཨོཾ་མ་ཎི", "z̴̢̛a̵l̷g̸o̶"])
def test_writing_of_this_world_stays_whole(text: str) -> None:
    assert clean_line(text) == unicodedata.normalize("NFC", text)


# ------------------------------------------------------------------ over the web


@pytest.mark.parametrize("kind", ["marks of three kinds", "hidden marks", "spaces", "level words", "blank lines"])
@pytest.mark.parametrize(
    ("path", "field"), [("/masuk/", "username"), ("/aspirasi/kirim/", "village"), ("/aspirasi/lacak/", "pin")]
)
def test_no_form_hangs(client: FlaskClient, kind: str, path: str, field: str) -> None:
    begun = time.monotonic()
    answer = client.post(path, data={field: hostile(kind, 70_000), "password": "x", "body": hostile(kind, 15_000)})
    assert answer.status_code in (422, 413)
    assert time.monotonic() - begun < 2 * HANG_SECONDS
