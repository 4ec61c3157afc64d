"""What Budi types is found again: after a closed page, a lost signal, an ended session; and it is one piece."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, Request, Route, expect

from kimweb.news.models import News, NewsRevision, State
from tests.browser.people import Comes, Person
from tests.browser.town import Town
from tests.support.browser import BrowserWatch
from tests.support.clock import START

WRITE, TITLE, BODY = "/berita/tulis/", "Jalan poros RT 03", "Mulai dicor hari Senin."
KEPT = re.compile(r"Tersimpan otomatis \d\d\.\d\d")


def line(page: Page) -> Locator:
    return page.locator("#tersimpan")


def writes(comes: Comes) -> Person:
    budi = comes("budi")
    budi.open(WRITE)
    expect(line(budi.page)).to_be_empty()
    return budi


def types(page: Page, field: str, text: str) -> None:
    """Type, and go on to the next field."""
    page.fill(field, text)
    page.locator(field).press("Tab")


def closes(person: Person) -> Person:
    """Close the page as one does on a phone, and open another one."""
    context = person.page.context
    person.page.close(run_before_unload=True)
    return Person(context.new_page(), person.url, person.looks, person.scripted)


def arrives(town: Town, body: str) -> None:
    """What was sent while its page went, so that nobody hears the answer."""
    deadline = time.monotonic() + 15
    while the_piece(town).body != body:
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def the_piece(town: Town) -> News:
    town.session.rollback()
    return town.session.scalars(sa.select(News).execution_options(populate_existing=True)).one()


def test_a_page_that_was_closed_is_found_again_and_handed_in(town: Town, comes: Comes) -> None:
    budi = writes(comes)
    types(budi.page, "#title", TITLE)
    expect(line(budi.page)).to_have_text(KEPT)
    budi.looks.small(budi.page)
    address = budi.path
    assert re.fullmatch(r"/berita/\d+/ubah/", address), "a reload finds the draft"
    budi.page.fill("#body", BODY)
    budi = closes(budi)  # the field was not even left
    arrives(town, BODY)
    budi.open("/berita/")
    budi.leads(budi.page.get_by_role("link", name=TITLE).click)
    budi.reads(BODY)
    budi.press("Ubah")
    assert budi.path == address
    budi.page.fill("#body", BODY + " Besok selesai.")
    budi.press("Kirim ke moderator")  # the autosave of the field that is left now runs beside it
    budi.reads("Terkirim ke moderator.", "Besok selesai.")
    row = the_piece(town)
    assert (row.title, row.body, row.state) == (TITLE, BODY + " Besok selesai.", State.SUBMITTED)
    assert town.session.scalar(sa.select(sa.func.count(NewsRevision.id))) == 2, "one a form"


def test_the_button_of_the_first_form_goes_on_with_the_draft(town: Town, comes: Comes) -> None:
    budi = writes(comes)
    types(budi.page, "#title", TITLE)
    expect(line(budi.page)).to_have_text(KEPT)
    budi.page.fill("#body", BODY)
    budi.press("Simpan draf")
    budi.reads("Tersimpan sebagai draf.", BODY)
    assert the_piece(town).state is State.DRAFT


def test_it_waits_for_eight_seconds_of_rest_but_not_longer_than_twenty(town: Town, comes: Comes) -> None:
    budi, posts = comes("budi"), list[Request]()
    page = budi.page
    page.clock.install(time=START)
    budi.open(WRITE)
    page.clock.pause_at(START + timedelta(minutes=5))
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    for _ in range(3):
        page.locator("#body").press_sequentially("a")
        page.clock.run_for(6_000)
    assert not posts
    page.locator("#body").press_sequentially("a")
    with page.expect_response("**/berita/draf"):
        page.clock.run_for(2_100)  # twenty since the first letter
    expect(line(page)).to_have_text(KEPT)  # an answer that is still being heard would put off what is typed now
    page.locator("#body").press_sequentially("a")
    page.clock.run_for(7_000)
    assert len(posts) == 1
    with page.expect_response("**/berita/draf"):
        page.clock.run_for(1_100)
    expect(line(page)).to_have_text(KEPT)
    page.clock.run_for(60_000)
    page.locator("#title").press("Tab")
    assert len(posts) == 2, "what is kept is not sent again"
    assert the_piece(town).body == "aaaaa"


def test_without_a_signal_the_line_says_so_and_it_is_kept_later(
    town: Town, comes: Comes, browser_watch: BrowserWatch
) -> None:
    browser_watch.expect("ERR_INTERNET_DISCONNECTED")
    budi = writes(comes)
    budi.page.context.set_offline(True)
    types(budi.page, "#title", TITLE)
    expect(line(budi.page)).to_have_text("Belum tersimpan, tidak ada sinyal.")
    budi.looks.small(budi.page)
    budi.page.context.set_offline(False)
    expect(line(budi.page)).to_have_text(KEPT)
    assert the_piece(town).title == TITLE


def test_an_answer_that_was_lost_makes_no_conflict(town: Town, comes: Comes, browser_watch: BrowserWatch) -> None:
    browser_watch.expect("ERR_FAILED")
    budi = writes(comes)

    def lose(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    budi.page.route("**/draf", lose, times=2)
    for text in (BODY, BODY + " Lagi."):
        types(budi.page, "#body", text)
        expect(line(budi.page)).to_have_text("Belum tersimpan, tidak ada sinyal.")
    types(budi.page, "#title", TITLE)
    expect(line(budi.page)).to_have_text(KEPT)
    budi.press("Kirim ke moderator")
    assert (the_piece(town).state, the_piece(town).body) == (State.SUBMITTED, BODY + " Lagi.")


def test_another_tab_and_an_ended_session_are_told_and_the_text_stays(
    town: Town, comes: Comes, browser_watch: BrowserWatch
) -> None:
    browser_watch.expect("status of 400", "status of 403")
    budi = writes(comes)
    types(budi.page, "#title", TITLE)
    expect(line(budi.page)).to_have_text(KEPT)
    other = Person(budi.page.context.new_page(), budi.url, budi.looks, scripted=True)
    other.open(budi.path)
    types(other.page, "#body", "Dari tab lain.")
    expect(line(other.page)).to_have_text(KEPT)
    types(budi.page, "#body", BODY)
    expect(line(budi.page)).to_have_text("Belum tersimpan: sudah diubah di tab atau HP lain.")
    budi.looks.small(budi.page)
    other.page.context.clear_cookies()
    types(other.page, "#body", "Dari tab lain, sesudah keluar.")
    expect(line(other.page)).to_have_text("Belum tersimpan. Masuk lagi di tab lain, lalu tekan Simpan draf di sini.")
    other.looks.small(other.page)
    expect(budi.page.locator("#body")).to_have_value(BODY)
    expect(other.page.locator("#body")).to_have_value("Dari tab lain, sesudah keluar.")
    assert the_piece(town).body == "Dari tab lain."


@pytest.mark.parametrize("link", ["{saveData: true}", "{effectiveType: '2g'}"])
def test_on_2g_and_with_data_saver_nothing_is_sent(town: Town, comes: Comes, link: str) -> None:
    budi, asked = comes("budi"), list[Request]()
    budi.page.add_init_script(f"Object.defineProperty(navigator, 'connection', {{value: {link}}})")
    budi.open(WRITE)
    budi.page.on("request", lambda request: asked.append(request))
    types(budi.page, "#title", TITLE)
    types(budi.page, "#body", BODY)
    assert not asked
    budi.press("Simpan draf")
    assert not [request.url for request in asked if request.url.endswith("/draf")]
    assert the_piece(town).body == BODY


def test_a_chosen_photo_is_not_said_to_be_kept(town: Town, comes: Comes) -> None:
    budi = writes(comes)
    budi.page.set_input_files("#photos-2", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"x"})
    types(budi.page, "#title", TITLE)
    expect(line(budi.page)).to_have_text(re.compile(KEPT.pattern + r"\. Foto belum: tekan Simpan draf\."))


def test_the_line_never_says_kept_of_what_was_typed_since(town: Town, comes: Comes) -> None:
    budi = comes("budi")
    page = budi.page
    page.clock.install(time=START)
    budi.open(WRITE)
    page.clock.pause_at(START + timedelta(minutes=5))
    types(page, "#title", TITLE)
    expect(line(page)).to_have_text(KEPT)
    page.locator("#body").press_sequentially("a")
    expect(line(page)).to_have_text("Ada yang belum tersimpan.")
    budi.looks.small(page)
    page.locator("#body").press("Backspace")
    expect(line(page)).to_have_text(KEPT)
    page.locator("#body").press_sequentially("b")
    with page.expect_response("**/draf"):
        page.clock.run_for(8_100)
    expect(line(page)).to_have_text(KEPT)
    assert the_piece(town).body == "b"


def test_what_is_newer_than_an_answer_under_way_is_kept_when_the_page_is_put_away(town: Town, comes: Comes) -> None:
    budi = writes(comes)
    types(budi.page, "#title", TITLE)
    expect(line(budi.page)).to_have_text(KEPT)
    slow = list[Route]()
    budi.page.route("**/draf", lambda route: route.continue_() if slow else slow.append(route))
    types(budi.page, "#body", "Lama.")
    expect(line(budi.page)).to_have_text("Ada yang belum tersimpan.")
    budi.page.fill("#body", BODY)
    assert slow, "the older text is still on its way"
    budi.page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', { value: true });"
        " document.dispatchEvent(new Event('visibilitychange')) }"
    )
    expect(line(budi.page)).to_have_text(KEPT)
    assert the_piece(town).body == BODY


@pytest.mark.parametrize("link", ["{saveData: true}", "{effectiveType: '2g'}", ""])
def test_where_it_is_off_the_form_says_that_only_the_button_keeps(town: Town, comes: Comes, link: str) -> None:
    budi = comes("budi")
    if link:
        budi.page.add_init_script(f"Object.defineProperty(navigator, 'connection', {{value: {link}}})")
    budi.open(WRITE)
    expect(line(budi.page)).to_have_text("Tersimpan hanya kalau tombol di bawah ditekan." if link else "")
