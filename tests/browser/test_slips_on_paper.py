"""A sheet of slips on paper: six to an A4 page, and nothing but slips."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.support.server import Server


@pytest.mark.parametrize(("people", "pages"), [(6, 1), (7, 2)])
def test_six_slips_fill_a_page(
    page_nojs: Page, demo_server: Server, demo_password: str, people: int, pages: int
) -> None:
    page = page_nojs
    page.goto(f"{demo_server.url}/masuk/?lanjut=/orang/undangan/berkas/")
    page.fill("[name=username]", "agus")
    page.fill("[name=password]", demo_password)
    page.click("main button")
    long = "Muhammad Rizky Ramadhan Al-Fatih bin Abdurrahman Wahid dari Kecamatan Sekayu"
    lines = "".join(f"{long} {people}{number},moderator,16.06.01.2001\n" for number in range(people))
    file = f"nama,peran,kode\n{lines}".encode()
    page.set_input_files("[name=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": file})
    page.click("main form button")
    assert page.locator(".slip").count() == people
    page.emulate_media(media="print")
    cut = "(slip) => slip.scrollHeight > slip.clientHeight"
    assert not any(slip.evaluate(cut) for slip in page.locator(".slip").all())
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == pages
