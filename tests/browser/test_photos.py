"""A photo from a villager's phone to everybody's: sent, covered in part, shown on purpose, loaded only when tapped."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kimweb.core.pictures import File, FileKind
from tests.browser.people import Comes
from tests.browser.town import Town
from tests.support.browser import BrowserWatch
from tests.support.people import SUKARAMI
from tests.support.pictures import from_a_phone, jpeg, near, read

TITLE = "Jembatan RT 02 lapuk"


@pytest.fixture(params=[True, False], ids=["javascript", "plain"])
def scripted(request: pytest.FixtureRequest) -> bool:
    """With and without JavaScript."""
    return bool(request.param)


def fill_in(page: Page) -> None:
    page.fill("#title", TITLE)
    page.fill("#body", "Papannya patah.")
    page.select_option("#category", "jalan")


def image_of(page: Page) -> tuple[int, int]:
    """What the browser made of the one picture of the page."""
    image = page.locator("main img")
    expect(image).to_have_count(1)
    expect(image).to_have_js_property("complete", True)
    width, height = image.evaluate("image => [image.naturalWidth, image.naturalHeight]")
    return width, height


def test_a_photo_goes_from_a_phone_to_everybody(town: Town, comes: Comes, tmp_path: Path) -> None:
    for name, content in (("a.jpg", from_a_phone()), ("b.jpg", jpeg())):
        (tmp_path / name).write_bytes(content)
    yanti = comes()
    page = yanti.open(f"/aspirasi/kirim/?foto=ya&desa={SUKARAMI}")
    fill_in(page)
    page.set_input_files("#photos", [tmp_path / "a.jpg", tmp_path / "b.jpg"])
    yanti.press("Kirim")
    code = page.inner_text("#kode")
    yanti.open(f"/aspirasi/{code}/")
    yanti.leads(page.locator("main a.button", has_text="Foto 1,").click)
    assert image_of(page) == (480, 360)
    yanti.reads("Foto ini belum tampil untuk umum.")

    sari = comes("sari")
    sari.open(f"/aspirasi/{code}/")
    sari.leads(sari.page.get_by_role("link", name="Tutup bagian atau tulis keterangan foto 1").click)
    assert image_of(sari.page) == (480, 360)
    sari.page.get_by_label("A1", exact=True).check()
    sari.page.get_by_label("B1", exact=True).check()
    sari.press("Tutup yang dicentang")
    sari.reads("Sudah ditutup. Foto yang lama dihapus.")
    sari.page.get_by_label("Tampilkan foto ini").first.check()
    sari.press("Benar, teruskan ke kecamatan")

    wati, asked = comes(), []
    wati.page.on("request", lambda request: asked.append(request.url))
    wati.open(f"/aspirasi/{code}/")
    assert not [url for url in asked if "/foto/" in url], "nothing is loaded before it is tapped"
    expect(wati.page.locator("main a.button", has_text="Foto")).to_have_count(1)
    wati.leads(wati.page.locator("main a.button", has_text="Foto").click)
    assert image_of(wati.page) == (480, 360)
    assert [url for url in asked if url.endswith("-480.webp")]
    wati.misses("belum tampil")
    url = wati.page.url.rstrip("/") + "-480.jpg"
    shown = read(File(FileKind.JPEG, 480, 480, 360, wati.page.request.get(url).body()))
    assert near(shown.getpixel((20, 20)), (0, 0, 0), 12)
    assert near(shown.getpixel((300, 40)), (30, 160, 60))


def test_too_much_is_told_on_a_page_of_ours(
    town: Town, comes: Comes, tmp_path: Path, browser_watch: BrowserWatch
) -> None:
    browser_watch.expect("status of 413")
    files = [tmp_path / f"{number}.jpg" for number in range(3)]
    for file in files:
        file.write_bytes(jpeg() + b"\0" * 9_500_000)
    yanti = comes()
    page = yanti.open(f"/aspirasi/kirim/?foto=ya&desa={SUKARAMI}")
    fill_in(page)
    page.set_input_files("#photos", files)
    yanti.press("Kirim")
    yanti.reads("Fotonya terlalu besar")


def test_budi_describes_the_photo_of_his_news(town: Town, comes: Comes, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    budi = comes("budi")
    page = budi.open("/berita/tulis/")
    page.fill("#title", "Jalan poros selesai")
    page.fill("#body", "Selesai dicor.")
    page.set_input_files("#photos-2", tmp_path / "a.jpg")
    budi.press("Simpan draf")
    budi.reads("Tulis apa yang tampak di setiap foto")
    page.set_input_files("#photos-2", tmp_path / "a.jpg")
    page.fill("#photos-2-alt", "Jalan cor RT 03")
    budi.press("Simpan draf")
    expect(page.locator("main a.button", has_text="Foto: Jalan cor RT 03")).to_have_count(1)
