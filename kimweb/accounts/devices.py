"""What a browser calls itself, as a person would: "Chrome di Android"."""

from __future__ import annotations

import re

_BROWSERS = (
    ("Opera Mini", r"Opera Mini/"),
    ("Opera", r"OPR/|OPiOS/|Opera"),
    ("UC Browser", r"UCBrowser|UCWEB"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Mi Browser", r"MiuiBrowser/"),
    ("WhatsApp", r"WhatsApp/"),
    ("Facebook", r"FBAN|FBAV"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
    ("w3m", r"w3m/"),
    ("Lynx", r"Lynx/"),
)
"""By their marks; those that also carry another's (nearly all say "Chrome" and "Safari") stand before it."""
_SYSTEMS = (
    ("KaiOS", r"KAIOS/"),
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows NT|Windows Phone"),
    ("ChromeOS", r"CrOS"),
    ("Mac", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
    ("Java", r"J2ME|MIDP"),
)


def device_parts(user_agent: str) -> tuple[str, str]:
    """Browser and system; "" for what is not recognised."""
    return _first(_BROWSERS, user_agent[:400]), _first(_SYSTEMS, user_agent[:400])


def _first(marks: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in marks if re.search(pattern, text)), "")
