"""The flows of product.md in a browser without JavaScript: plain links, plain forms, and the desk again after each."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from kimweb.core.actor import Role
from tests.browser import walks
from tests.browser.people import Comes, unfold
from tests.browser.town import Town
from tests.support.browser import BrowserWatch
from tests.support.people import SUKARAMI

TITLE = "Jembatan RT 02 lapuk"


@pytest.fixture
def scripted() -> bool:
    """Browsers here run no JavaScript."""
    return False


def test_an_announcement_stands_where_it_is_addressed_the_most_urgent_first(comes: Comes) -> None:
    walks.announcement_goes_down(comes)


def test_news_is_written_returned_mended_and_published(comes: Comes) -> None:
    walks.news_is_moderated(comes)


def test_an_aspiration_goes_up_and_its_answer_comes_back_twice(town: Town, comes: Comes) -> None:
    walks.aspiration_is_answered(town, comes)


def test_the_ways_round_the_village(town: Town, comes: Comes, browser_watch: BrowserWatch) -> None:
    browser_watch.expect("status of 404")
    walks.ways_round_the_village(town, comes)


def test_a_village_is_chosen_and_read_first(comes: Comes) -> None:
    walks.village_is_chosen(comes())


def test_a_refused_form_comes_back_as_a_page_with_what_was_typed(comes: Comes) -> None:
    yanti = comes()
    page = yanti.open(f"/aspirasi/kirim/?desa={SUKARAMI}")
    page.fill("#title", TITLE)
    page.fill("#body", " ")  # enough for the browser
    page.fill("#phone", "0812")
    page.select_option("#category", "jalan")
    yanti.press("Kirim")
    assert page.title().startswith("Perbaiki dulu")
    yanti.reads("Belum terkirim. 2 hal perlu diperbaiki.", "Masih kosong. Apa yang terjadi", "Baru 4 angka.")
    assert (page.input_value("#title"), page.input_value("#phone")) == (TITLE, "0812")
    expect(page.locator("[aria-invalid]")).to_have_count(2)
    page.fill("#body", "Papannya patah.")
    page.fill("#phone", "")
    yanti.press("Kirim")
    expect(page.locator("#pin")).to_have_text(re.compile("^[0-9]{8}$"))


def test_the_second_of_two_moderators_is_told_and_keeps_what_was_typed(town: Town, comes: Comes) -> None:
    town.grant("wati", role=Role.MODERATOR, area_code=SUKARAMI)
    walks.sends(comes(), TITLE)
    sari, wati = comes("sari"), comes("wati")
    row = wati.at_desk(TITLE)
    sari.decide(sari.at_desk(TITLE), "Benar, teruskan ke kecamatan", "Diteruskan.")
    unfold(row, "Pilihan lain")
    unfold(row, "Minta keterangan")
    row.locator("form[action$=pertanyaan] textarea").fill("Jembatan yang mana?")
    wati.press("Kirim pertanyaan", within=row)
    assert wati.page.title().startswith("Keadaannya sudah berubah")
    wati.reads("Sudah diubah orang lain. Tulisan Anda ada di bawah.")
    expect(wati.page.locator("textarea")).to_have_value("Jembatan yang mana?")
    wati.press("Lihat keadaannya sekarang")
    wati.reads("Diteruskan", "di meja Peninjau Kecamatan")
