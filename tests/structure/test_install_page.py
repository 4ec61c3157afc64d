"""docs/install.md: every setting with its meaning, a default that is the code's, and an example that is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kimweb.core.grants import STATEMENTS
from kimweb.settings import Settings
from tests.structure.source import KIMWEB, ROOT

PAGE = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
NEEDS = {"KIMWEB_SMTP_URL": {"KIMWEB_MAIL_FROM": "kim@example.go.id", "KIMWEB_PUBLIC_URL": "https://kim.example.go.id"}}
"""What a setting is refused without."""
LITERAL = re.compile(r"`([^`]*)`")


class Noting(dict[str, str]):
    """An environment that notes which names were asked for."""

    def __init__(self, given: dict[str, str]) -> None:
        super().__init__(given)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """Look it up, and note it."""
        self.asked.add(key)
        return super().get(key, default)


def read(folder: Path, **given: str) -> tuple[Settings, set[str]]:
    """The settings from these values, and the names that were asked for."""
    environ = Noting({"KIMWEB_INSTANCE": str(folder), **given})
    return Settings.from_env(environ), environ.asked


def rows(text: str, columns: int) -> dict[str, list[str]]:
    """The lines of the tables with so many columns whose first cell is a setting, by its name."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("| `") and len(cells) == columns:
            found[cells[0].strip("` ")] = cells[1:]
    return found


def named_outside() -> Iterator[str]:
    """Settings that something else than kimweb/settings.py reads."""
    paths = [*KIMWEB.rglob("*.py"), ROOT / "gunicorn.conf.py", ROOT / "wsgi.py", ROOT / "bin" / "run"]
    for path in paths:
        if path != KIMWEB / "settings.py":
            yield from re.findall(r"environ(?:\.get\(|\[)\"(\w+)\"", path.read_text(encoding="utf-8"))


def test_every_setting_stands_there_and_no_other(tmp_path: Path) -> None:
    _, asked = read(tmp_path)
    assert rows(PAGE, 4).keys() == asked
    assert rows(PAGE, 3).keys() == set(named_outside())


@pytest.mark.parametrize("name", sorted(rows(PAGE, 4)))
def test_its_default_is_the_code_s_and_its_example_is_taken(tmp_path: Path, name: str) -> None:
    _meaning, default, example = rows(PAGE, 4)[name]
    plain, _ = read(tmp_path)
    if name != "KIMWEB_INSTANCE":
        if default.startswith("`"):
            first = LITERAL.findall(default)[0]
            assert read(tmp_path, **{name: first})[0] == plain
        if example.startswith("`"):
            assert read(tmp_path, **{name: LITERAL.findall(example)[0]}, **NEEDS.get(name, {}))


@pytest.mark.parametrize("row", ["| `KIMWEB_NEW` | x | `0` | `1` |", "| `KIMWEB_HOSTS` | x | any | `a` |"])
def test_a_row_is_read(row: str) -> None:
    assert len(rows(row, 4)) == 1


def test_the_environment_file_is_taken(tmp_path: Path) -> None:
    block = PAGE.split("# /etc/kimweb.env\n")[1].split("```")[0]
    given = dict(line.split("=", 1) for line in block.splitlines())
    values, _ = read(tmp_path, **{name: value for name, value in given.items() if name != "KIMWEB_INSTANCE"})
    assert (values.second_factor, values.proxies, values.secure_cookies) == ("required", 1, True)


def test_the_grants_are_those_that_init_gives() -> None:
    block = PAGE.split("```sql\n")[1].split("```")[0]
    assert [line.rstrip(";") for line in block.splitlines()] == [text.format("kimweb") for text in STATEMENTS]
