"""After a decision in place the desk's heading and tabs are true again, and whoever works by keyboard goes on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser import walks
from tests.browser.people import Comes, Person, button

FORWARD, DONE = "Benar, teruskan ke kecamatan", "Diteruskan."
TITLES = ("Lampu padam", "Parit mampet", "Sumur keruh")


def _sari_with_work(comes: Comes, path: str = "/meja/") -> Person:
    yanti = comes()
    for title in TITLES:
        walks.sends(yanti, title)
    sari = comes("sari")
    sari.open(path)
    return sari


def _tab(person: Person, name: str) -> Locator:
    return person.page.locator(".tabs").get_by_role("link", name=re.compile(f"^{name}"))


@pytest.mark.parametrize("path", ["/meja/", "/meja/?alur=aspirasi"])
def test_heading_and_tabs_follow_each_decision(comes: Comes, path: str) -> None:
    sari = _sari_with_work(comes, path)
    expect(sari.page.locator("h1")).to_have_text("3 menunggu")
    expect(_tab(sari, "Aspirasi")).to_have_text("Aspirasi 3")
    sari.decide(sari.row(TITLES[1]), FORWARD, DONE)
    expect(sari.page.locator("h1")).to_have_text("2 menunggu")
    expect(_tab(sari, "Aspirasi")).to_have_text("Aspirasi 2")
    expect(_tab(sari, "Semua")).to_have_text("Semua 2")
    expect(sari.page.locator(".tabs [aria-current]")).to_have_count(1)
    for left, title in ((1, TITLES[0]), (0, TITLES[2])):
        button(sari.row(title), FORWARD).click()
        expect(sari.page.locator("h1")).to_have_text(f"{left} menunggu" if left else "Tidak ada yang menunggu Anda")
    expect(sari.page.locator("h1")).to_have_count(1)
    expect(sari.page.locator("#meja-kepala")).to_have_count(1)
    sari.stayed(sari.url + path)


def test_the_focus_goes_to_the_next_row_then_back_then_to_the_heading(comes: Comes) -> None:
    sari = _sari_with_work(comes)
    first, second, third = (sari.row(title) for title in TITLES)
    expect(sari.page.locator("article.row")).to_have_count(3)
    sari.decide(second, FORWARD, DONE)
    expect(third.locator("h2 a")).to_be_focused()
    button(third, FORWARD).press("Enter")
    expect(first.locator("h2 a")).to_be_focused()
    button(first, FORWARD).press("Enter")
    expect(sari.page.locator("h1")).to_be_focused()


def test_j_and_k_walk_the_rows_and_leave_typing_alone(comes: Comes) -> None:
    sari = _sari_with_work(comes)
    sari.page.wait_for_load_state("load")
    links = [sari.row(title).locator("h2 a") for title in TITLES]
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1), ("k", 0), ("k", 0), ("Control+j", 0)):
        sari.page.keyboard.press(key)
        expect(links[at]).to_be_focused()
    row = sari.row(TITLES[0])
    row.get_by_text("Pilihan lain").click()
    row.get_by_text("Minta keterangan").click()
    text = row.locator("form[action$=pertanyaan] textarea")
    text.press_sequentially("jjkk")
    expect(text).to_have_value("jjkk")
    expect(text).to_be_focused()


def test_without_htmx_the_keys_do_nothing(comes: Comes) -> None:
    sari = _sari_with_work(comes)
    sari.page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    sari.open("/meja/")
    sari.page.keyboard.press("j")
    expect(sari.page.locator("h2 a:focus")).to_have_count(0)
    sari.press(FORWARD, within=sari.row(TITLES[0]))
    expect(sari.page.locator("h1")).to_have_text("2 menunggu")
