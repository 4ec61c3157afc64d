"""Codes and PINs that villagers write on paper.

The PIN is 8 digits of HMAC-SHA-256(server key, code, counter): nothing is stored, the same code gives the same PIN
again, and a new PIN is a higher counter (delivery.md, "The key").
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O 1 I L U, which are misread or misheard
PIN_DIGITS = 8
SLIP_LETTERS = 10


def new_code() -> str:
    """A public code such as H4T-9QC (30**6, 729 million)."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"{letters[:3]}-{letters[3:]}"


def clean_code(text: str) -> str:
    """A code as people type it (lower case, spaces, no dash) in its written form; "" when it cannot be one."""
    letters = re.sub(r"[\s\-\u2010-\u2015.]", "", text[:40]).upper()
    if len(letters) != 6 or any(letter not in ALPHABET for letter in letters):
        return ""
    return f"{letters[:3]}-{letters[3:]}"


def pin_for(server_key: str, code: str, counter: int) -> str:
    """The PIN (8 digits) that belongs to a code and its counter."""
    digest = hmac.new(server_key.encode(), f"pin\0{code}\0{counter}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}d}"


def pin_matches(server_key: str, code: str, counter: int, typed: str) -> bool:
    """Whether `typed` (spaces and dots ignored) is the PIN, compared in constant time."""
    digits = re.sub(r"[\s.\-]", "", typed[:40])
    return hmac.compare_digest(digits.encode(), pin_for(server_key, code, counter).encode())


def slip_code(server_key: str, nonce: str) -> str:
    """The code of a slip, such as H4T-9QC-7MWX (30**10): derived from the slip's own random `nonce`, so that the slip
    can be shown again though nothing but a hash of its code is kept."""
    digest = hmac.new(server_key.encode(), f"slip\0{nonce}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    letters = "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(SLIP_LETTERS))
    return _grouped(letters)


def clean_slip(text: str) -> str:
    """A slip's code as people type it in its written form; "" when it cannot be one."""
    letters = re.sub(r"[\s\-\u2010-\u2015.]", "", text[:60]).upper()
    fits = len(letters) == SLIP_LETTERS and all(letter in ALPHABET for letter in letters)
    return _grouped(letters) if fits else ""


def _grouped(letters: str) -> str:
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"


def slip_hash(server_key: str, code: str) -> str:
    """What is kept of a slip's code: a keyed hash, so that whoever reads the database alone cannot try codes on it."""
    return hmac.new(server_key.encode(), f"slip-hash\0{code}".encode(), hashlib.sha256).hexdigest()
