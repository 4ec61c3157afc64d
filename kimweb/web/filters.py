"""Dates, numbers and texts as people read them. Never relative times: pages may be kept."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import quote

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from flask import Flask, request
from flask_babel import get_locale
from markupsafe import Markup, escape

from kimweb.core.calendar import JAKARTA
from kimweb.web import context


def _language() -> str:
    return str(get_locale() or "id")


def _day_of(value: date | datetime) -> date:
    return value.astimezone(JAKARTA).date() if isinstance(value, datetime) else value


def day(value: date | datetime) -> str:
    """Selasa 24 November 2026."""
    return format_date(_day_of(value), "EEEE d MMMM y", locale=_language())


def short_day(value: date | datetime) -> str:
    """24 November; with the year when it is not this one."""
    return _dated(value, "d MMMM")


def weekday(value: date | datetime) -> str:
    """Selasa 24 November; with the year when it is not this one."""
    return _dated(value, "EEEE d MMMM")


def _dated(value: date | datetime, pattern: str) -> str:
    found = _day_of(value)
    year = "" if found.year == context.today().year else " y"
    return format_date(found, pattern + year, locale=_language())


def clock_time(value: datetime) -> str:
    """16.20 (16:20 in English), Asia/Jakarta."""
    pattern = "HH.mm" if _language() == "id" else "HH:mm"
    return format_time(value, pattern, tzinfo=JAKARTA, locale=_language())


def moment(value: datetime) -> str:
    """Senin 23 November, 16.20."""
    return f"{weekday(value)}, {clock_time(value)}"


def number(value: int) -> str:
    """12.350 (12,350 in English)."""
    return format_decimal(value, locale=_language())


def paragraphs(text: str) -> Markup:
    """Paragraphs and line breaks of a plain text, escaped."""
    parts = [escape(part).replace("\n", Markup("<br>\n")) for part in text.split("\n\n") if part.strip()]
    return Markup("\n").join(Markup("<p>{}</p>").format(part) for part in parts)


def excerpt(text: str, length: int = 140) -> str:
    """The beginning of a text in one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def phone_link(text: str) -> str:
    """tel: address of a number as people write it."""
    return "tel:" + "".join(c for c in text if c.isdigit() or c == "+")


def phone_text(text: str) -> str:
    """0812 0000 0119: in groups of four."""
    digits = "".join(c for c in text if c.isdigit())
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4)) if len(digits) > 6 else digits


def whatsapp(text: str) -> str:
    """The address that opens WhatsApp with a text to forward."""
    plain = text.unescape() if isinstance(text, Markup) else text
    return "https://wa.me/?text=" + quote(plain, safe="")


def address(path: str) -> str:
    """The whole address of a path, for slips and messages: under KIMWEB_PUBLIC_URL, else as the request came."""
    return (context.settings().public_url or request.host_url.rstrip("/")) + path


def install(app: Flask) -> None:
    """Register the filters."""
    for function in (
        day,
        short_day,
        weekday,
        clock_time,
        moment,
        number,
        paragraphs,
        excerpt,
        phone_link,
        phone_text,
        whatsapp,
        address,
    ):
        app.jinja_env.filters[function.__name__] = function
