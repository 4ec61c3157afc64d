"""Every kind of page of the demonstration, on small screens and at night, with the keys of a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.looks import Looks
from tests.browser.people import Person
from tests.support import html
from tests.support.browser import BrowserWatch
from tests.support.people import SEKAYU, SUKARAMI
from tests.support.server import Server

READERS = (
    "/",
    "/desa/",
    "/desa/?q=mekar+jaya",
    f"/desa/{SUKARAMI}/",
    f"/kecamatan/{SEKAYU}/",
    "/berita/",
    "/pengumuman/",
    "/pengumuman/?lewat=ya",
    "/aspirasi/",
    "/aspirasi/kirim/",
    f"/aspirasi/kirim/?desa={SUKARAMI}",
    "/aspirasi/lacak/",
    "/masuk/",
    "/undangan/",
    "/undangan/selesai/",
    "/tentang/",
    "/privasi/",
    "/bantuan/",
    "/bantuan/petugas/",
    "/tidak-ada/",
)
FIRST_OF = ("/berita/", "/pengumuman/", "/aspirasi/")
PEOPLE = ("/orang/", "/orang/1/", "/orang/undang/", "/orang/undangan/", "/orang/undangan/berkas/", "/orang/kosong/")
DESKS = {
    "budi": ("/meja/", "/berita/tulis/", "/akun/"),
    "sari": ("/meja/", "/berita/", "/orang/", "/orang/undang/"),
    "rahman": ("/meja/", "/pengumuman/tulis/", "/pengumuman/"),
    "dewi": ("/meja/",),
    "agus": ("/meja/", "/pengumuman/tulis/", "/atur/", "/atur/instansi/", "/atur/bidang/", "/atur/libur/", *PEOPLE),
}


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], browser_watch: BrowserWatch) -> Page:
    """A small screen."""
    browser_watch.expect("status of 404")
    page = new_context().new_page()
    page.set_viewport_size({"width": 240, "height": 320})
    return page


def _look(person: Person, path: str) -> None:
    response = person.page.goto(person.url + path)
    assert response is not None
    assert response.status == (404 if path == "/tidak-ada/" else 200), path
    assert html.problems(response.text()) == [], path
    looks, page = person.looks, person.page
    looks.small(page)
    for dark in (False, True):
        looks.colours(page, dark=dark)
    assert looks.focus(page) >= 3, path


def test_pages_for_readers(demo_server: Server, page: Page, looks: Looks) -> None:
    reader = Person(page, demo_server.url, looks, scripted=True)
    for path in READERS:
        _look(reader, path)


@pytest.mark.parametrize("where", FIRST_OF)
def test_one_of_each_kind(demo_server: Server, page: Page, looks: Looks, where: str) -> None:
    reader = Person(page, demo_server.url, looks, scripted=True)
    reader.open(where)
    paths = [link.get_attribute("href") or "" for link in page.locator("main h2 a, main .list li > a").all()]
    singles = [path for path in paths if re.fullmatch(rf"{where}[0-9A-Z-]+/", path)]
    assert len(singles) >= 3
    for path in singles[:3]:
        _look(reader, path)


@pytest.mark.parametrize("who", DESKS)
def test_desks(demo_server: Server, demo_password: str, page: Page, looks: Looks, who: str) -> None:
    person = Person(page, demo_server.url, looks, scripted=True).sign_in(who, demo_password)
    for path in DESKS[who]:
        _look(person, path)


def test_looks_see_what_is_wrong(page: Page, looks: Looks) -> None:
    page.set_content(
        "<style>body{margin:0}a:focus{outline:0}</style><main><p style='width:300px'>Lebar</p><button>Rendah</button>"
        "<a href='#x'>Tautan</a><p style='color:#999;background:#fff'>Pucat</p></main>"
    )
    looks.small(page)
    looks.colours(page, dark=False)
    looks.focus(page)
    seen = "\n".join(looks.problems)
    for part in (
        "240 px, sticks out: P : Lebar",
        "360 px, lower than 44: BUTTON Rendah",
        "contrast below 4.5: P: Pucat",
    ):
        assert part in seen
    assert "focus is not seen: A Tautan" in seen
    assert "the paper is rgba(0, 0, 0, 0)" in seen
    looks.problems.clear()
