"""Indonesian words as search compares them: lower case, without marks, brought to their stem.

The rules are those of Sastrawi (Nazief and Adriani, with the later corrections), from the package PySastrawi. Its own
cache is not used, since that grows with whatever anybody types; ours is bounded.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from Sastrawi.Dictionary.ArrayDictionary import ArrayDictionary
from Sastrawi.Stemmer.Stemmer import Stemmer
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

LONGEST_WORD, MOST_WORDS = 40, 2_000
"""Characters of a word, and words of a text, that count; the rest is cut off."""
_WORD = re.compile(r"[a-z0-9]+")
_RARE = ("rusa", "perai", "adu domba")
"""Words of the dictionary that hide commoner ones: with the deer in it "kerusakan" is not "rusak"."""
COMMON = frozenset(
    "ada adalah agar akan atau bagi bahwa dalam dan dari dengan di hanya ini itu jadi juga ke kepada karena kami kita "  # noqa: SIM905
    "lagi maka masih mereka oleh pada para pun saat saja sampai saya sebagai sehingga seperti serta sudah telah tetapi "
    "tapi tersebut untuk yaitu yakni yang".split()
)
"""Words that stand in every text: they are neither kept nor asked for."""


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    words = [word for word in StemmerFactory().get_words(False) if word not in _RARE]
    return Stemmer(ArrayDictionary(words))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of one folded word: "perbaikan" is "baik"; what no rule knows stays as it is."""
    return str(_stemmer().stem_word(word)) if word.isalpha() else word


def fold(text: str) -> str:
    """The text in lower case and plain ASCII, as long as the text where its letters are plain."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def stems(text: str) -> list[str]:
    """The stems of a text, in order, without the commonest words."""
    found = []
    for match in _WORD.finditer(fold(text)):
        word = match[0][:LONGEST_WORD]
        if word not in COMMON:
            found.append(stem(word))
        if len(found) == MOST_WORDS:
            break
    return found
