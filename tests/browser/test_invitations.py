"""A district is set up: the admin imports a file of twenty, and three of them come in on a small phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import KEYPAD
from tests.browser.looks import Looks
from tests.browser.people import Comes, Person
from tests.browser.town import Town

DISTRICT = "16.06.03"
PASSWORD = "hujan di sungai musi"


def the_file(town: Town) -> str:
    """A reviewer, nine moderators and ten members."""
    from kimweb.areas.queries import villages_of

    codes = [area.code for area in villages_of(town.session, DISTRICT)][:10]
    lines = ["nama;peran;kode", f"Ratna;peninjau;{DISTRICT}"]
    lines += [f"Moderator {number};moderator;{code}" for number, code in enumerate(codes[:9], 1)]
    lines += [f"Anggota {number};anggota;{code}" for number, code in enumerate(codes, 1)]
    assert len(lines) == 21
    return "\ufeff" + "\r\n".join(lines) + "\r\n"


def accepts(guest: Person, code: str, name: str, role: str, username: str) -> None:
    """Type the code from the slip, choose username and password, and stand at the desk."""
    page = guest.open("/masuk/")
    guest.leads(page.get_by_role("link", name="Pakai kodenya di sini").click)
    page.fill("#code", code.replace("-", " ").lower())
    guest.press("Buka undangan")
    guest.reads(f"Selamat datang, {name}", "Agus mengundang Anda menjadi", role)
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    guest.press("Buat akun dan masuk")
    assert guest.path == "/meja/"


@pytest.mark.timeout(240)
def test_a_district_is_set_up_from_one_file(
    town: Town, comes: Comes, looks: Looks, new_context: Callable[..., BrowserContext]
) -> None:
    agus = comes("agus")
    page = agus.open("/orang/")
    agus.press("Dari berkas CSV")
    content = the_file(town).encode()
    page.set_input_files("#file", {"name": "kecamatan.csv", "mimeType": "text/csv", "buffer": content})
    agus.press("Undang semua")
    sheet = agus.path
    agus.reads("20 slip masih berlaku", "20 orang diundang", "Ratna")
    slips = page.locator(".slip")
    expect(slips).to_have_count(20)
    expect(page.locator(".slip svg")).to_have_count(20)
    codes = {slip.locator("h2").inner_text(): slip.locator(".big").inner_text() for slip in slips.all()}

    def plain() -> Person:
        nojs = new_context(java_script_enabled=False).new_page()
        nojs.set_viewport_size(KEYPAD)
        return Person(nojs, town.url, looks, scripted=False)

    ratna, moderator, member = comes(), comes(), plain()
    assert ratna.page.viewport_size == member.page.viewport_size == KEYPAD
    accepts(ratna, codes["Ratna"], "Ratna", "Peninjau Kecamatan", "ratna")
    accepts(moderator, codes["Moderator 1"], "Moderator 1", "Moderator KIM", "moderator.satu")
    accepts(member, codes["Anggota 1"], "Anggota 1", "Anggota KIM", "anggota.satu")
    member.open("/berita/tulis/")

    again = comes()
    again.page.goto(f"{town.url}/undangan/")
    again.page.fill("#code", "222-222-2222")
    again.press("Buka undangan")
    again.reads("Kode ini tidak bisa dipakai")

    agus.open(sheet)
    agus.reads("17 slip masih berlaku", "20 orang diundang")
    expect(page.get_by_text("sudah dipakai")).to_have_count(3)
    moderator.sees_at("/orang/", "Anggota 1", "Undang orang")
    ratna.sees_at("/orang/", "Anggota 1", "Moderator 1")
