"""What changed between two texts, word by word, as pieces that a page can mark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_WORK = 200_000
"""How many pairs of equal words are compared at most; beyond that (the same word thousands of times) the whole middle
is shown as replaced: a page must not wait for a text that somebody made to be slow."""
_WORD = re.compile(r"\s*\S+")


class Kind(StrEnum):
    """What happened to a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text, and what happened to it."""

    kind: Kind
    text: str


def word_diff(before: str, after: str) -> list[Part]:
    """The parts of both texts in order; joined without the new ones they are `before`, without the gone ones `after`
    (but for white space at the very end)."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    parts = [Part(Kind.SAME, "".join(new[:head]))]
    parts += _middle(old[head : len(old) - tail], new[head : len(new) - tail])
    parts.append(Part(Kind.SAME, "".join(new[len(new) - tail :])))
    return [part for part in parts if part.text]


def _alike(old: list[str], new: list[str]) -> int:
    """How many words both begin with."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _middle(old: list[str], new: list[str]) -> list[Part]:
    counts: dict[str, int] = {}
    for word in new:
        counts[word] = counts.get(word, 0) + 1
    if sum(counts.get(word, 0) for word in old) > MOST_WORK:
        return [Part(Kind.GONE, "".join(old)), Part(Kind.NEW, "".join(new))]
    parts: list[Part] = []
    for name, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if name == "equal":
            parts.append(Part(Kind.SAME, "".join(new[c:d])))
        else:
            parts += [Part(Kind.GONE, "".join(old[a:b])), Part(Kind.NEW, "".join(new[c:d]))]
    return parts
