"""w3m, a text browser without JavaScript and CSS: it reads, and it sends an aspiration."""

from __future__ import annotations

import re
from pathlib import Path

from kimweb.aspirations.models import Desk, Kind, State
from kimweb.core.codes import pin_for
from kimweb.settings import Settings
from tests.browser import w3m
from tests.browser.town import Town
from tests.support.people import SUKARAMI
from tests.support.server import Server


def test_the_front_page_is_read(demo_server: Server, tmp_path: Path) -> None:
    shown = w3m.dump(f"{demo_server.url}/", tmp_path)
    assert shown.index("Pilih desa Anda") < shown.index("Berita dari desa-desa") < shown.index("1. Beranda")
    assert "\nKIM Muba" not in shown.split("Pilih desa Anda")[1], "the masthead stands once, above"
    assert re.search(r"Nama desa atau kelurahan\s+\[ +\]\s+Cari", shown)


def test_a_villages_page_is_read(demo_server: Server, tmp_path: Path) -> None:
    shown = w3m.dump(f"{demo_server.url}/desa/{SUKARAMI}/", tmp_path)
    order = [
        "Sukarami",
        "Kec. Sekayu",
        "Kirim aspirasi",
        "Berita desa",
        "Aspirasi yang dijawab",
        "KIM Sukarami",
        "1. Beranda",
    ]
    assert [at for at in map(shown.find, order) if at >= 0] == sorted(map(shown.find, order)), shown
    assert re.search(r"^Menu$", shown, re.MULTILINE), "each part of the header on a line of its own"


def test_an_aspiration_is_sent(town: Town, settings: Settings, tmp_path: Path) -> None:
    """By hand, with its keys.

    With a form, w3m (0.5.3) sends `Referer`, the page on which the form stands, and neither `Origin` nor
    `Sec-Fetch-Site`: Referer alone must tell that a post comes from our own page. It takes the cookie, follows the
    303, and shows code and PIN on the page it comes to.
    """
    with w3m.running(f"{town.url}/aspirasi/kirim/?desa={SUKARAMI}", tmp_path) as terminal:
        assert "Telepon 112" in terminal.screen("Setelah dikirim")
        terminal.choose("Bidang", 1, "Jalan dan jembatan")
        terminal.fill("Tentang apa", "Jembatan RT 02 lapuk")
        terminal.write("Ceritakan", "Papannya patah.\n\nSejak Senin.\n")
        terminal.fill("Di mana", "RT 02, dekat surau")
        terminal.go_to("Nomor telepon")
        terminal.keys("\t\r")  # the next one is the button
        shown = terminal.screen("PIN [0-9]{8} .*Viewing <Sudah masuk")
    row = town.newest_aspiration()
    pin = pin_for(settings.secret_key, row.code, row.pin_counter)
    assert f"Kode {row.code} PIN {pin} " in shown
    assert "Di meja Moderator KIM" in shown
    assert (row.village_code, row.kind, row.category_code, row.state, row.desk) == (
        *(SUKARAMI, Kind.ASPIRATION, "jalan", State.RECEIVED, Desk.VILLAGE),
    )
    assert (row.title, row.body, row.place) == (
        "Jembatan RT 02 lapuk",
        "Papannya patah.\n\nSejak Senin.",
        "RT 02, dekat surau",
    )
    assert (row.hide_name, row.hide_text, row.name) == (True, False, "")
