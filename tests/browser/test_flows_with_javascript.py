"""The flows of product.md in a browser that runs JavaScript: the same pages, and desks on which htmx acts in place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Request, expect

from kimweb.core.actor import Role
from tests.browser import walks
from tests.browser.people import Comes, Person, button, unfold
from tests.browser.town import Town
from tests.support.browser import BrowserWatch
from tests.support.people import SUKARAMI

TITLE = "Jembatan RT 02 lapuk"
FRAGMENT = "article.error[role=alert]"


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


# ------------------------------------------------------------ the desk, in place


def test_several_rows_are_decided_without_leaving_the_desk(comes: Comes) -> None:
    yanti = comes()
    for title in ("Lampu padam", "Parit mampet"):
        walks.sends(yanti, title)
    sari = comes("sari")
    sari.decide(sari.row("Parit mampet"), "Benar, teruskan ke kecamatan", "Diteruskan.")
    expect(sari.row("Lampu padam")).to_be_visible()
    button(sari.row("Lampu padam"), "Benar, teruskan ke kecamatan").click()
    expect(sari.page.locator("article.row[role=status]")).to_have_count(2)
    sari.stayed(f"{sari.url}/meja/")
    sari.leads(sari.page.get_by_role("status").get_by_role("link", name="Lampu padam").click)
    sari.reads("Lampu padam", "di meja Peninjau Kecamatan")
    sari.sees_at("/meja/", "Tidak ada yang menunggu")


def test_an_announcement_is_published_from_the_desk(comes: Comes) -> None:
    rahman = comes("rahman")
    rahman.open("/pengumuman/tulis/")
    rahman.page.fill("#title", "Posyandu pindah")
    rahman.page.fill("#body", "Mulai Rabu di balai dusun.")
    rahman.press("Simpan dan lihat hasilnya")
    row = rahman.at_desk("Posyandu pindah")
    unfold(row, "Terbitkan")
    rahman.decide(row, "Ya, terbitkan", "Sudah terbit.")
    comes().sees_at(f"/desa/{SUKARAMI}/", "Posyandu pindah")


def test_a_refused_answer_comes_back_in_its_row_with_what_was_typed(town: Town, comes: Comes) -> None:
    slip = walks.sends(comes(), TITLE)
    sari, rahman = comes("sari"), comes("rahman")
    sari.decide(sari.at_desk(TITLE), "Benar, teruskan ke kecamatan", "Diteruskan.")
    row = rahman.at_desk(TITLE)
    unfold(row, "Jawab")
    row.locator("select[name=kind]").select_option("dijadwalkan")
    row.locator("input[name=date]").fill("2020-01-02")
    rahman.refused(row, "Kirim jawaban")
    form = row.locator("form[action$=jawaban]")
    expect(form.locator("textarea")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_role("alert")).to_have_text([re.compile("^Masih kosong"), re.compile(".")])
    expect(form.locator("select[name=kind]")).to_have_value("dijadwalkan")
    expect(form.locator("input[name=date]")).to_have_value("2020-01-02")
    expect(form).to_be_visible()
    form.locator("select[name=kind]").select_option("informasi")
    form.locator("input[name=date]").fill("")
    form.locator("textarea").fill("Sudah masuk rencana tahun depan.")
    rahman.decide(row, "Kirim jawaban", "Jawaban terkirim ke warga.")
    comes().sees_at(f"/aspirasi/{slip.code}/", "Sudah masuk rencana tahun depan.")


def test_a_refused_question_comes_back_in_its_row(comes: Comes) -> None:
    walks.sends(comes(), TITLE)
    sari = comes("sari")
    row = sari.row(TITLE)
    unfold(row, "Pilihan lain")
    unfold(row, "Minta keterangan")
    sari.refused(row, "Kirim pertanyaan")
    expect(row.get_by_role("alert")).to_have_text("Masih kosong. Tulis apa yang ditanyakan.")
    expect(row.locator("form[action$=pertanyaan] textarea")).to_be_visible()
    row.locator("form[action$=pertanyaan] textarea").fill("Jembatan yang mana?")
    sari.decide(row, "Kirim pertanyaan", "Pertanyaan terkirim ke pengirim.")


@pytest.mark.parametrize("reason", ["", "panjang" * 80])
def test_news_returned_with_a_wrong_reason_comes_back_in_its_row(comes: Comes, reason: str) -> None:
    budi, sari = comes("budi"), comes("sari")
    budi.open("/berita/tulis/")
    budi.page.fill("#title", "Jalan selesai dicor")
    budi.page.fill("#body", "Mulai besok motor boleh lewat.")
    budi.press("Kirim ke moderator")
    row = sari.at_desk("Jalan selesai dicor")
    unfold(row, "Kembalikan")
    text = row.locator("textarea[name=reason]")
    text.evaluate("(field, text) => { field.removeAttribute('maxlength'); field.value = text }", reason)
    sari.refused(row, "Kembalikan")
    expect(row.get_by_role("alert")).to_have_text(re.compile("Terlalu panjang" if reason else "Masih kosong"))
    expect(text).to_be_visible()
    expect(text).to_have_value(reason)
    text.fill("Judul belum menyebut tempat.")
    sari.decide(row, "Kembalikan", "Dikembalikan kepada penulisnya.")


def test_the_second_of_two_moderators_is_told_in_the_rows_place(town: Town, comes: Comes) -> None:
    town.grant("wati", role=Role.MODERATOR, area_code=SUKARAMI)
    yanti = comes()
    walks.sends(yanti, TITLE)
    walks.sends(yanti, "Parit mampet")
    sari, wati = comes("sari"), comes("wati")
    sari.decide(sari.row(TITLE), "Benar, teruskan ke kecamatan", "Diteruskan.")

    row = wati.row(TITLE)
    unfold(row, "Pilihan lain")
    unfold(row, "Minta keterangan")
    row.locator("form[action$=pertanyaan] textarea").fill("Jembatan yang mana?")
    wati.refused(row, "Kirim pertanyaan")
    told = wati.page.locator(FRAGMENT)
    expect(told).to_contain_text("Sudah diubah orang lain. Tulisan Anda ada di bawah.")
    expect(told).to_contain_text("Moderator KIM")
    expect(told.locator("textarea")).to_have_value("Jembatan yang mana?")
    expect(wati.row(TITLE)).to_have_count(0)
    expect(wati.row("Parit mampet")).to_be_visible()
    wati.press("Lihat keadaannya sekarang", within=told)
    wati.reads(TITLE, "di meja Peninjau Kecamatan")


# ------------------------------------------------------------ htmx comes only where it pays


def _asked_for_htmx(person: Person, path: str) -> list[Request]:
    found: list[Request] = []
    person.page.on("request", lambda request: found.append(request) if "htmx.min.js" in request.url else None)
    person.open(path)
    person.page.wait_for_load_state("networkidle")
    return found


@pytest.mark.parametrize("connection", ["effectiveType: '2g'", "effectiveType: 'slow-2g'", "saveData: true"])
def test_htmx_stays_away_on_2g_and_with_data_saver(comes: Comes, connection: str) -> None:
    walks.sends(comes(), TITLE)
    sari = comes("sari")
    sari.page.add_init_script(f"Object.defineProperty(navigator, 'connection', {{value: {{{connection}}}}})")
    assert not _asked_for_htmx(sari, "/meja/")
    assert sari.page.evaluate("typeof htmx") == "undefined"
    sari.press("Benar, teruskan ke kecamatan")
    expect(sari.page.get_by_role("status")).to_have_text(f"Diteruskan. {TITLE}")


def test_htmx_comes_to_desks_and_never_to_readers(comes: Comes) -> None:
    sari, reader = comes("sari"), comes()
    assert len(_asked_for_htmx(sari, "/meja/")) == 1
    for path in ("/", "/desa/", f"/desa/{SUKARAMI}/", "/aspirasi/kirim/"):
        assert not _asked_for_htmx(reader, path)
