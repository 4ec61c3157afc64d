"""Flows 1 to 3 of product.md, walked as the personas: the same steps with and without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import expect

from tests.browser.people import Comes, Person, button, unfold
from tests.browser.town import Town, weekday
from tests.support.people import ELSEWHERE, LUMPATAN, SEKAYU, SUKARAMI, WARD

# ------------------------------------------------------------ flow 1


def announces(author: Person, title: str, *, urgency: str = "biasa", areas: tuple[str, ...] = ()) -> str:
    """Write an announcement for some areas (none named: the whole of the author's), look at it, publish it."""
    page = author.open("/pengumuman/tulis/")
    page.fill("#title", title)
    page.fill("#body", "Bawa KTP. Yang berhalangan boleh diwakili.\n\nTanya kadus kalau ada yang kurang jelas.")
    page.check(f"input[name=urgency][value={urgency}]")
    if areas:
        for box in reversed(page.locator("input[name=areas]:checked").all()):
            box.uncheck()
        for code in areas:
            page.check(f"input[name=areas][value='{code}']")
    author.press("Simpan dan lihat hasilnya")
    author.reads("Draf", "Begini tampilnya nanti", title, "Setelah terbit tidak bisa diubah")
    author.press("Terbitkan")
    author.reads("Sudah terbit.", title)
    return author.path


def announcement_goes_down(comes: Comes) -> None:
    """Rahman tells two villages, in three degrees; Agus tells the whole regency."""
    rahman, reader, two = comes("rahman"), comes(), (SUKARAMI, LUMPATAN)
    address = announces(rahman, "Posyandu pindah ke balai dusun", areas=two)
    rahman.reads("Sukarami", "Lumpatan")
    announces(rahman, "Tanggul retak, menjauh dari sungai", urgency="darurat", areas=two)
    announces(rahman, "Pembagian bibit hari Sabtu", urgency="penting", areas=two)
    announces(comes("agus"), "Pendaftaran beasiswa dibuka")
    order = ["Tanggul retak, menjauh dari sungai", "Pembagian bibit hari Sabtu"]
    for code in two:
        reader.open(f"/desa/{code}/")
        titles = reader.page.locator(".notice h2")
        expect(titles).to_have_count(4)
        assert titles.all_inner_texts()[:2] == order
        assert set(titles.all_inner_texts()[2:]) == {"Posyandu pindah ke balai dusun", "Pendaftaran beasiswa dibuka"}
        expect(reader.page.locator(".notice").first).to_have_class("notice urgent")
    for path in (f"/desa/{WARD}/", f"/desa/{ELSEWHERE}/", "/"):
        reader.sees_at(path, "Pendaftaran beasiswa dibuka")
    for path in (f"/desa/{WARD}/", f"/desa/{ELSEWHERE}/"):
        reader.misses_at(path, "Posyandu pindah ke balai dusun", *order)
    reader.sees_at(address, "Posyandu pindah ke balai dusun", "Bawa KTP.")


# ------------------------------------------------------------ flow 2


def news_is_moderated(comes: Comes) -> None:
    """Budi writes, Sari gives it back with a reason, he mends it, she publishes it, everybody reads it."""
    budi, sari, reader = comes("budi"), comes("sari"), comes()
    first, second = "Jalan selesai dicor", "Jalan poros RT 03 selesai dicor"
    budi.open("/berita/tulis/")
    budi.page.fill("#title", first)
    budi.page.fill("#body", "Warga bergotong royong tiga hari.\n\nMulai besok motor boleh lewat.")
    budi.press("Kirim ke moderator")
    budi.reads("Terkirim ke moderator.", first)
    address = budi.path
    reader.misses_at(f"/desa/{SUKARAMI}/", first)

    row = sari.at_desk(first)
    expect(row).to_contain_text("Berita dari Budi")
    unfold(row, "Kembalikan")
    row.locator("textarea[name=reason]").fill("Judul belum menyebut tempat.")
    sari.decide(row, "Kembalikan", "Dikembalikan kepada penulisnya.")

    row = budi.at_desk(first)
    expect(row).to_contain_text("Judul belum menyebut tempat.")
    budi.press("Perbaiki", within=row)
    budi.page.fill("#title", second)
    budi.press("Kirim ke moderator")
    budi.reads(second, "Terkirim ke moderator.")

    sari.decide(sari.at_desk(second), "Terbitkan", "Sudah terbit.")
    for path in (f"/desa/{SUKARAMI}/", f"/kecamatan/{SEKAYU}/", "/", address):
        reader.sees_at(path, second)
    reader.reads("Mulai besok motor boleh lewat.")
    reader.misses_at(f"/desa/{LUMPATAN}/", second)


# ------------------------------------------------------------ flow 3


@dataclass(frozen=True)
class Slip:
    """What a sender wrote down."""

    code: str
    pin: str


def sends(sender: Person, title: str, *, village: str = SUKARAMI, ticks: tuple[str, ...] = (), **fields: str) -> Slip:
    """Send an aspiration without an account; note code and PIN. `ticks`: selectors of boxes to tick."""
    page = sender.open(f"/aspirasi/kirim/?desa={village}")
    sender.reads("Bahaya sekarang?", "Telepon 112")
    page.check("input[name=kind][value=pengaduan]")
    page.select_option("#category", "jalan")
    typed: dict[str, Any] = {"title": title, "body": "Papannya patah sejak Senin, anak sekolah memutar jauh.", **fields}
    for name, value in typed.items():
        page.fill(f"#{name}", value)
    for selector in ticks:
        page.check(selector)
    sender.press("Kirim")
    assert sender.path == "/aspirasi/kirim/selesai/", sender.page.inner_text("main")
    return Slip(page.locator("#kode").inner_text(), page.locator("#pin").inner_text())


def tracks(sender: Person, slip: Slip) -> None:
    """Open an aspiration with its code and PIN, as they are on paper."""
    sender.open("/aspirasi/lacak/")
    sender.page.fill("#code", slip.code.lower())
    sender.page.fill("#pin", slip.pin)
    sender.press("Buka")
    assert sender.path == f"/aspirasi/{slip.code}/"


def answers(officer: Person, title: str, text: str) -> None:
    """An office answers from its desk."""
    row = officer.at_desk(title)
    unfold(row, "Jawab")
    row.locator("select[name=kind]").select_option("dikerjakan")
    row.locator("form[action$=jawaban] textarea").fill(text)
    officer.decide(row, "Kirim jawaban", "Jawaban terkirim ke warga.")


def aspiration_is_answered(town: Town, comes: Comes) -> None:
    """Yanti's complaint goes up to Dinas PUPR, and comes back twice: after "Belum", and to "Beres"."""
    title, yanti, reader = "Jembatan RT 02 lapuk", comes(), comes()
    slip = sends(yanti, title, place="RT 02", name="Yanti", phone="0812 0000 0123")
    yanti.reads("Di meja Moderator KIM", f"paling lambat {town.until(slip.code, 3)}")
    address = f"/aspirasi/{slip.code}/"
    yanti.sees_at(address, "Belum tampil untuk umum", f"di meja Moderator KIM sampai {town.until(slip.code, 3)}")
    reader.misses_at("/aspirasi/", title)

    sari = comes("sari")
    row = sari.at_desk(title)
    expect(row).to_contain_text("Begini akan tampil:")
    expect(row).not_to_contain_text("Yanti")
    sari.decide(row, "Benar, teruskan ke kecamatan", "Diteruskan.")
    reader.sees_at(address, title, f"di meja Peninjau Kecamatan sampai {town.until(slip.code, 3)}")
    reader.misses("Yanti", "0812")
    reader.sees_at("/aspirasi/", title)

    rahman = comes("rahman")
    row = rahman.at_desk(title)
    expect(row).to_contain_text("Yanti")
    unfold(row, "Tugaskan")
    row.locator("select[name=agency]").select_option(str(town.people.agencies["PUPR"]))
    row.locator("select[name=days]").select_option("14")
    rahman.decide(row, "Tugaskan", "Ditugaskan.")
    reader.sees_at(address, "Ditugaskan", "di meja Dinas Pekerjaan Umum", f"sampai {town.until(slip.code, 14)}")

    dewi = comes("dewi")
    answers(dewi, title, "Papan diganti besok pagi oleh regu jembatan.")
    sent = town.until(slip.code, 10)
    reader.sees_at(address, "Dijawab", "Papan diganti besok pagi", f"menunggu pengirim sampai {sent}")
    assert not reader.page.get_by_role("button", name="Beres").count()

    again = comes()
    tracks(again, slip)
    again.reads("Papan diganti besok pagi", "Sudah beres?", f"Kalau Anda diam sampai {sent}")
    again.page.fill("#kurang", "Baru satu papan yang diganti.")
    again.press("Belum, buka lagi")
    again.reads("Baru satu papan", f"sampai {weekday_due(town, slip)}")
    reader.sees_at(address, "Ditugaskan", f"sampai {weekday_due(town, slip)}")
    reader.misses("Baru satu papan yang diganti.")
    row = dewi.at_desk(title)
    expect(row).to_contain_text("Belum beres, kata pengirim")
    expect(row).to_contain_text("Baru satu papan yang diganti.")
    answers(dewi, title, "Semua papan sudah diganti.")

    again.sees_at(address, "Semua papan sudah diganti.", f"Kalau Anda diam sampai {town.until(slip.code, 10)}")
    again.page.select_option("#rating", "5")
    again.press("Beres")
    again.reads("Selesai")
    assert again.page.locator("button", has_text="Beres").count() == 0
    reader.sees_at(address, "Selesai", "Semua papan sudah diganti.")
    assert (town.aspiration(slip.code).due_on, town.aspiration(slip.code).rating) == (None, 5)


def weekday_due(town: Town, slip: Slip) -> str:
    """The day until which an aspiration lies on its desk."""
    due = town.aspiration(slip.code).due_on
    assert due is not None
    return weekday(due)


def ways_round_the_village(town: Town, comes: Comes) -> None:
    """What is about the village, or secret, passes Sari by, count and all; without a moderator it goes up at once."""
    yanti = comes()
    about = sends(yanti, "Iuran ditarik tanpa kuitansi", ticks=("input[name=about][value=desa]",))
    yanti.reads("Di meja Peninjau Kecamatan", f"paling lambat {town.until(about.code, 3)}")
    secret = sends(yanti, "Bansos dipotong", ticks=("#hide_text",))
    yanti.reads("Di meja Peninjau Kecamatan", f"paling lambat {town.until(secret.code, 3)}")
    empty = sends(yanti, "Lampu surau padam", village=LUMPATAN)
    yanti.reads("Di meja Peninjau Kecamatan", f"paling lambat {town.until(empty.code, 3)}")
    above = sends(
        yanti, "Camat minta uang", ticks=("input[name=about][value=desa]", "input[name=about][value=kecamatan]")
    )
    yanti.reads("Di meja Dinas Kominfo")

    sari = comes("sari")
    sari.reads("Tidak ada yang menunggu")
    assert sari.page.locator("article.row").count() == 0
    for slip in (about, secret, above):
        sari.open(f"/aspirasi/{slip.code}/", status=404)

    rahman = comes("rahman")
    for title in ("Iuran ditarik tanpa kuitansi", "Bansos dipotong", "Lampu surau padam"):
        expect(rahman.row(title)).to_have_count(1)
    expect(rahman.row("Camat minta uang")).to_have_count(0)
    expect(comes("agus").row("Camat minta uang")).to_have_count(1)
    rahman.decide(rahman.row("Lampu surau padam"), "Benar, terima begini", "Diteruskan.")
    reader = comes()
    reader.sees_at(f"/desa/{LUMPATAN}/", "sedang dikerjakan")
    reader.sees_at(f"/aspirasi/{empty.code}/", "di meja Peninjau Kecamatan")


# ------------------------------------------------------------ flow 4


def village_is_chosen(reader: Person) -> None:
    """By district, then by search; the front page is the village's from then on."""
    page = reader.open("/")
    reader.reads("Pilih desa Anda")
    reader.press("Daftar kecamatan")
    expect(page.locator("main .list a")).to_have_count(15)
    reader.leads(page.get_by_role("link", name="Sekayu", exact=True).click)
    reader.leads(page.get_by_role("link", name="Lumpatan", exact=True).click)
    assert reader.path == f"/desa/{LUMPATAN}/"
    reader.press("Jadikan desa saya")
    assert reader.path == "/"
    expect(page.locator("h1")).to_have_text("Lumpatan")

    reader.open("/desa/")
    page.fill("#q", "mekar jaya")
    reader.press("Cari")
    found = page.locator("main .list li")
    expect(found.filter(has_text="Mekar Jaya")).to_have_count(4)
    assert len(set(found.locator(".meta").all_inner_texts())) >= 4, "each with its district"
    reader.leads(found.filter(has_text="Kec. Bayung Lencir").get_by_role("link").click)
    chosen = reader.path
    reader.press("Jadikan desa saya")
    expect(page.locator("h1")).to_have_text("Mekar Jaya")
    reader.open("/aspirasi/")
    reader.open("/")
    expect(page.locator("header")).to_contain_text("Kec. Bayung Lencir")
    assert page.locator("header a").first.get_attribute("href") == chosen
    assert not button(page.locator("main"), "Jadikan desa saya").count()
