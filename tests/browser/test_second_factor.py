"""The admin sets up the second factor on a keypad phone without JavaScript, and signs in with it."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect
from pyotp import TOTP

from tests.browser.looks import Looks
from tests.browser.town import Town
from tests.support.people import PASSWORD


@pytest.fixture
def scripted() -> bool:
    """Without JavaScript."""
    return False


def _password_step(page: Page, url: str) -> None:
    page.goto(url + "/masuk/")
    page.get_by_label("Nama pengguna").fill("agus")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk ke meja").click()


def test_a_second_factor_is_set_up_and_asked_for(town: Town, looks: Looks, page_nojs: Page) -> None:
    page = page_nojs
    page.set_viewport_size({"width": 240, "height": 320})
    _password_step(page, town.url)
    page.goto(town.url + "/akun/kode-kedua/")
    looks.small(page)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Siapkan kode kedua").click()
    expect(page.get_by_role("img", name="Gambar QR untuk aplikasi kode")).to_be_visible()
    looks.small(page)
    secret = page.locator("p", has_text="Kunci:").locator("b").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Kode").fill("000000")
    page.get_by_role("button", name="Aktifkan").click()
    looks.small(page)
    page.get_by_role("textbox", name="Kode").fill(TOTP(secret).now())
    page.get_by_role("button", name="Aktifkan").click()
    expect(page.get_by_text("Kode cadangan", exact=True)).to_be_visible()
    looks.small(page)
    paper = page.locator(".dashed b").first.inner_text()
    page.get_by_role("button", name="Keluar").click()
    for code in (TOTP(secret).at(int(time.time()) + 30), paper):
        _password_step(page, town.url)
        expect(page).to_have_url(town.url + "/masuk/kode/")
        looks.small(page)
        page.get_by_role("textbox", name="Kode").fill(code)
        page.get_by_role("button", name="Masuk ke meja").click()
        expect(page).to_have_url(town.url + "/meja/")
        page.get_by_role("button", name="Keluar").click()
