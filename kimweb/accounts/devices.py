"""What a browser calls itself, as a person would: "Chrome di Android"."""

from __future__ import annotations

Marks = tuple[tuple[str, tuple[str, ...]], ...]
_BROWSERS: Marks = (
    ("Opera Mini", ("Opera Mini/",)),
    ("Opera", ("OPR/", "OPiOS/", "Opera")),
    ("UC Browser", ("UCBrowser", "UCWEB")),
    ("Samsung Internet", ("SamsungBrowser/",)),
    ("Edge", ("Edg/", "Edge/", "EdgA/", "EdgiOS/")),
    ("Mi Browser", ("MiuiBrowser/",)),
    ("WhatsApp", ("WhatsApp/",)),
    ("Facebook", ("FBAN", "FBAV")),
    ("Firefox", ("Firefox/", "FxiOS/")),
    ("Chrome", ("Chrome/", "CriOS/", "Chromium/")),
    ("Safari", ("Safari/",)),
    ("w3m", ("w3m/",)),
    ("Lynx", ("Lynx/",)),
)
"""By their marks; those that also carry another's (nearly all say "Chrome" and "Safari") stand before it."""
_SYSTEMS: Marks = (
    ("KaiOS", ("KAIOS/",)),
    ("Android", ("Android",)),
    ("iPhone", ("iPhone",)),
    ("iPad", ("iPad",)),
    ("Windows", ("Windows NT", "Windows Phone")),
    ("ChromeOS", ("CrOS",)),
    ("Mac", ("Macintosh", "Mac OS X")),
    ("Linux", ("Linux", "X11")),
    ("Java", ("J2ME", "MIDP")),
)


def device_parts(user_agent: str) -> tuple[str, str]:
    """Browser and system; "" for what is not recognised."""
    return _first(_BROWSERS, user_agent[:400]), _first(_SYSTEMS, user_agent[:400])


def _first(names: Marks, text: str) -> str:
    return next((name for name, marks in names if any(mark in text for mark in marks)), "")
