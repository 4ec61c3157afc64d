"""What changed between two texts, word by word, as pieces that a page can mark."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from enum import StrEnum
from itertools import accumulate

MOST_WORK = 2_000_000
"""How many pairs of equal words are looked at, at most (some 150 ms); what is left then is shown as replaced: a page
must not wait for a text that somebody made to be slow."""
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
    parts: list[Part] = []
    a = b = 0
    for match in (*_blocks(old, new), Match(len(old), len(new), 0)):
        parts += [Part(Kind.GONE, "".join(old[a : match.a])), Part(Kind.NEW, "".join(new[b : match.b]))]
        a, b = match.a + match.size, match.b + match.size
        parts.append(Part(Kind.SAME, "".join(new[match.b : b])))
    return parts


def _blocks(old: list[str], new: list[str]) -> list[Match]:
    """What both have, in order: the longest run of words, then the longest beside it, as long as the work lasts."""
    matcher, equal = SequenceMatcher(None, old, new, autojunk=False), Counter(new)
    pairs = [0, *accumulate(1 + equal[word] for word in old)]
    found, left, work = list[Match](), deque([(0, len(old), 0, len(new))]), MOST_WORK
    while left:
        a, a_end, b, b_end = left.popleft()
        work -= pairs[a_end] - pairs[a]  # (what a search reads, whichever part of `new` it looks in)
        if work < 0:
            break
        match = matcher.find_longest_match(a, a_end, b, b_end)
        if match.size:
            found.append(match)
            left.append((a, match.a, b, match.b))
            left.append((match.a + match.size, a_end, match.b + match.size, b_end))
    return sorted(found)
