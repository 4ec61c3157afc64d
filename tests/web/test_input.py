"""What people type and what stands in addresses: cleaned, read, or refused; never an error of ours."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kimweb.core.calendar import JAKARTA
from kimweb.web import filters
from kimweb.web.forms import clean_line, clean_text, parse_day
from tests.support.clock import START

# ------------------------------------------------------------------ text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\x1b[31mb\x7f", "a[31mb"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("  a  \n b \n\n", "a\n b"),
        ("\ud800x", "x"),
        ("e\u0301", "é"),
        (None, ""),
    ],
)
def test_a_text_loses_what_no_database_takes(typed: str | None, kept: str) -> None:
    assert clean_text(typed) == kept


@pytest.mark.parametrize(("typed", "kept"), [("  a \t b\nc ", "a b c"), ("\x00", ""), ("a\u00a0b", "a b"), (None, "")])
def test_a_line_is_one_line(typed: str | None, kept: str) -> None:
    assert clean_line(typed) == kept


@given(st.text())
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    once = clean_text(typed)
    assert clean_text(once) == once
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in once.replace("\n", ""))
    assert clean_line(clean_line(typed)) == clean_line(typed)


def test_a_direction_override_turns_nothing_but_its_own_text(app: Flask) -> None:
    """A name with U+202E must not turn what follows it on the page: it is gone, or shut in again."""
    typed = clean_line("Budi \u202egnuruM")
    openers = sum(typed.count(c) for c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
    closers = sum(typed.count(c) for c in "\u202c\u2069")
    assert openers <= closers


# ------------------------------------------------------------------ days


@pytest.mark.parametrize(
    "typed",
    ["2026-11-28", "28-11-2026", "28/11/2026", "28.11.2026", "28 November 2026", "28 nov 2026", " 28  NOVEMBER 2026 "],
)
def test_a_day_is_read_as_people_write_it(typed: str) -> None:
    assert parse_day(typed) == date(2026, 11, 28)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "besok",
        "28-11",
        "31-02-2026",
        "2026-13-01",
        "0000-01-01",
        "28 no 2026",
        "1/2/3/4",
        "99999-1-1",
        "1-1-99999999999999999999",
        "²-1-2026",
        "9" * 500,
    ],
)
def test_what_is_no_day_is_none(typed: str) -> None:
    assert parse_day(typed) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_days(typed: str) -> None:
    assert parse_day(typed) is None or isinstance(parse_day(typed), date)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_is_read_back(day: date) -> None:
    assert parse_day(day.isoformat()) == day
    assert parse_day(f"{day.day}-{day.month}-{day.year}") == day


# ------------------------------------------------------------------ addresses


BAD = [
    *(f"/berita/{number}/" for number in ("0", "-1", "2147483648", "9" * 30, "1.5", "%EF%BC%91", "٣", "1e3", "007%00")),
    *(f"/pengumuman/{number}/" for number in ("0", "99999999999", "x", "1%0a")),
    *(
        f"/desa/{code}/"
        for code in ("16.06.01.9999", "16.06.01.20011", "16", "16.06.01.%EF%BC%92001", "16.06.01.2001%00", "a.b")
    ),
    *(f"/kecamatan/{code}/" for code in ("16.06.99", "99.99", "16.06.1")),
    *(
        f"/aspirasi/{code}/"
        for code in ("H4T-9QO", "H4T", "H4T-9QC-1", "0OI-LU1", "%F0%9F%98%80", "H4T%009QC", "222-222")
    ),
    "/static/js/none.js",
    "/%00",
    "/%ff%fe",
    "/berita/" + "9" * 5000 + "/",
    *(
        f"/{thing}/?wilayah={value}"
        for thing in ("berita", "aspirasi", "pengumuman")
        for value in ("x", "16.06.99", "%00", "16.06'--", "16.06.01.2001.1")
    ),
]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path[:40])
def test_an_impossible_address_is_a_404_with_a_search(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert 'name="q"' in answer.text


@pytest.mark.parametrize(
    "query",
    [
        *(
            f"/{thing}/?sesudah={value}"
            for thing in ("berita", "aspirasi", "pengumuman")
            for value in ("x", "1~2", "9" * 40, "-1~-1", "~", "%00~1", "1~2~3")
        ),
        *(f"/desa/?q={value}" for value in ("%00", "%25", "_", "'", "a" * 5000, "%F0%9F%98%80", "%E2%80%AE", "|")),
        "/aspirasi/kirim/?desa=%00",
        "/aspirasi/lacak/?code=%00%ff",
        "/masuk/?lanjut=//evil.example/",
    ],
)
def test_a_made_up_query_gets_a_page(client: FlaskClient, query: str) -> None:
    assert client.get(query).status_code == 200


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:x",
        "",
    ],
)
def test_signing_in_leads_on_only_within_the_site(client: FlaskClient, onward: str) -> None:
    text = client.get("/masuk/", query_string={"lanjut": onward}).text
    assert 'name="lanjut" value="/meja/"' in text


@pytest.mark.parametrize("cookie", ["x", "16.06.99", "16.06.01", "\x00", "16.06.01.9999", "é", "a" * 4000])
def test_a_made_up_village_cookie_is_no_village(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("desa", cookie)
    client.set_cookie("bahasa", cookie)
    client.set_cookie("lacak", cookie)
    answer = client.get("/")
    assert answer.status_code == 200
    assert '<html lang="id">' in answer.text


# ------------------------------------------------------------------ filters

NOON = datetime(2026, 11, 23, 9, 20, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("filter_name", "value", "indonesian", "english"),
    [
        ("day", NOON, "Senin 23 November 2026", "Monday 23 November 2026"),
        ("weekday", date(2026, 8, 17), "Senin 17 Agustus", "Monday 17 August"),
        ("short_day", date(2026, 12, 1), "1 Desember", "1 December"),
        ("short_day", date(2027, 5, 1), "1 Mei 2027", "1 May 2027"),
        ("clock_time", NOON, "09.20", "09:20"),
        ("moment", NOON, "Senin 23 November, 09.20", "Monday 23 November, 09:20"),
        ("number", 12350, "12.350", "12,350"),
    ],
)
def test_dates_and_numbers_in_both_languages(
    app: Flask, filter_name: str, value: object, indonesian: str, english: str
) -> None:
    for language, shown in (("id", indonesian), ("en", english)):
        with app.test_request_context(headers={"Cookie": f"bahasa={language}"}):
            assert getattr(filters, filter_name)(value) == shown


def test_an_instant_shows_its_day_in_jakarta(app: Flask) -> None:
    late = datetime(2026, 11, 18, 23, 30, tzinfo=JAKARTA).astimezone(START.tzinfo) + timedelta(hours=1)
    with app.test_request_context():
        assert filters.weekday(late) == "Kamis 19 November"


def test_paragraphs_escape_and_keep_lines() -> None:
    assert filters.paragraphs("a <b>\nb\n\nc") == "<p>a &lt;b&gt;<br>\nb</p>\n<p>c</p>"
    assert filters.paragraphs("") == ""


def test_an_excerpt_ends_at_a_word() -> None:
    assert filters.excerpt("satu dua tiga", 9) == "satu dua…"
    assert filters.excerpt("satu\n\ndua") == "satu dua"
    assert len(filters.excerpt("x" * 500, 140)) <= 141


@pytest.mark.parametrize(
    ("number", "link"), [("0812 0000-0119", "tel:081200000119"), ("+62 812", "tel:+62812"), ("x", "tel:")]
)
def test_a_number_becomes_a_link_to_call(number: str, link: str) -> None:
    assert filters.phone_link(number) == link


def test_whatsapp_gets_the_text_and_nothing_else() -> None:
    assert filters.whatsapp("a&b=c #d") == "https://wa.me/?text=a%26b%3Dc%20%23d"
