"""Public forms that answer while one types: htmx comes when somebody goes to write, and shows what it brings."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, expect

from kimweb.clarifications.models import State as ClaimState
from kimweb.core import search
from kimweb.core.db import writing
from tests.browser.people import Comes, Person
from tests.browser.town import Town


def scripts_of(page: Page) -> list[str]:
    """The scripts that a page fetches from now on."""
    fetched: list[str] = []

    def hear(request: Request) -> None:
        if request.resource_type == "script":
            fetched.append(request.url.rpartition("/")[2].partition("?")[0])

    page.on("request", hear)
    return fetched


def opened(comes: Comes, path: str) -> tuple[Person, list[str]]:
    """Somebody without an account opens a page; with the scripts that it fetches."""
    warga = comes()
    fetched = scripts_of(warga.page)
    warga.open(path)
    return warga, fetched


def published(town: Town) -> None:
    """A piece of news and a clarification stand on the site."""
    with writing(town.session):
        town.people.put(
            town.people.news(title="Perbaikan jalan yang rusak"),
            town.people.claim(ClaimState.PUBLISHED, claim="Katanya beras bantuan harus ditebus."),
        )
        search.reindex(town.session)


def test_results_come_as_one_types(town: Town, comes: Comes) -> None:
    published(town)
    warga, fetched = opened(comes, "/cari/")
    assert fetched == ["typing.js"], "whoever only reads pays nothing"
    with warga.page.expect_response("**/htmx.min.js?*"):
        warga.page.locator("#q").focus()
    warga.page.locator("#q").press_sequentially("memperbaiki jalan", delay=20)
    expect(warga.page.locator("#hasil")).to_contain_text("Perbaikan jalan yang rusak")
    assert fetched == ["typing.js", "htmx.min.js"]
    expect(warga.page).to_have_url(f"{town.url}/cari/?q=memperbaiki+jalan")  # so that "Back" finds it again
    warga.looks.small(warga.page)


def test_an_answer_to_a_claim_comes_as_one_types(town: Town, comes: Comes) -> None:
    published(town)
    warga, fetched = opened(comes, "/cek-fakta/lapor/")
    assert fetched == ["typing.js"]
    with warga.page.expect_response("**/htmx.min.js?*"):
        warga.page.locator("#claim").focus()
    warga.page.locator("#claim").press_sequentially("beras bantuan ditebus", delay=20)
    expect(warga.page.locator("#mirip")).to_contain_text("Mungkin sudah dijawab:")
    warga.leads(warga.page.locator("#mirip").get_by_role("link").first.click)
    assert warga.path.startswith("/cek-fakta/")


@pytest.mark.parametrize("connection", ["effectiveType: '2g'", "saveData: true"])
def test_on_2g_and_with_data_saver_the_button_does_it(town: Town, comes: Comes, connection: str) -> None:
    published(town)
    warga = comes()
    warga.page.add_init_script(f"Object.defineProperty(navigator, 'connection', {{value: {{{connection}}}}})")
    fetched = scripts_of(warga.page)
    warga.open("/cari/")
    warga.page.fill("#q", "memperbaiki jalan")
    warga.press("Cari")
    expect(warga.page.locator("#hasil")).to_contain_text("Perbaikan jalan yang rusak")
    assert set(fetched) == {"typing.js"}
