"""What developers of KIM Web need: the message catalogues, and new migrations."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from kimweb.settings import ROOT

TRANSLATIONS = ROOT / "kimweb" / "translations"
CATEGORIES = ROOT / "kimweb" / "areas" / "data" / "categories.csv"
LANGUAGE = "en"
_DATED = datetime(2026, 1, 1, tzinfo=UTC)

# Beside gettext's own names: N_ marks, and these take a sentence as their first argument.
_KEYWORDS = (
    "N_",
    "Sentence",
    "Filled",
    "Invalid",
    "NotAllowed",
    "NotFound",
    "TooMany",
    "Forbidden",
    "ValidationError",
)
_FIELDS = (
    "LineField",
    "TextField",
    "DayField",
    "SelectField",
    "RadioField",
    "BooleanField",
    "PasswordField",
    "SelectMultipleField",
    "IntegerField",
    "AreasField",
    "LinkField",
    "PhotosField",
    "SourcesField",
    "NumberField",
    "OneOf",
)


def extract() -> Catalog:
    """Every message of the interface, from templates and code."""
    keywords: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "ngettext": (1, 2)}
    keywords |= dict.fromkeys((*_KEYWORDS, *_FIELDS), (1,))
    catalog = Catalog(project="KIM Web", locale=LANGUAGE, fuzzy=False)
    methods = [("kimweb/**.py", "python"), ("templates/**.html", "jinja2")]
    found = extract_from_dir(ROOT, methods, keywords=keywords, options_map={"templates/**.html": {"trimmed": "true"}})
    for filename, _line, message, _comments, _context in sorted(found, key=lambda row: (row[0], row[1])):
        if not filename.startswith(("kimweb", "templates")):
            continue
        catalog.add(message, locations=[(filename, 0)])
    with CATEGORIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            catalog.add(row["name"], locations=[(str(CATEGORIES.relative_to(ROOT)), 0)])
    return catalog


def po_path(language: str = LANGUAGE) -> Path:
    """Where a language's catalogue stands."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def read_catalog(language: str = LANGUAGE) -> Catalog:
    """A language's catalogue as it stands."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language)


def update_catalogue() -> tuple[int, int]:
    """Bring the English catalogue to today's messages, and compile it. Returns how many there are, and how many are
    missing."""
    fresh, path = extract(), po_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    known = read_catalog() if path.exists() else Catalog(locale=LANGUAGE)
    known.update(fresh, no_fuzzy_matching=True)
    known.obsolete.clear()
    known.fuzzy, known.header_comment = False, "# English messages of KIM Web; see CONTRIBUTING.md."
    known.project, known.creation_date = "KIM Web", _DATED  # no dates: the file changes only with its messages
    with path.open("wb") as file:
        write_po(
            file, known, width=120, omit_header=False, include_lineno=False, sort_output=True, ignore_obsolete=True
        )
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, known)
    messages = [message for message in known if message.id]
    return len(messages), sum(not _translated(message.string) for message in messages)


def _translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def make_migration(message: str, url: str) -> None:
    """Write a migration for what changed in the models since the newest one."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    command.revision(config, message=message, autogenerate=True, rev_id=f"{(numbers or [0])[-1] + 1:04d}")
