"""Every form of the site: who finds it where, what is right, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient

from kimweb.accounts.mail_address import token_of
from kimweb.accounts.password_links import make
from kimweb.accounts.queries import email_address
from kimweb.announcements.models import State as AnnouncementState
from kimweb.aspirations.models import Desk, State
from kimweb.clarifications.models import State as ClaimState
from kimweb.core.mail import Server
from kimweb.news.models import State as NewsState
from tests.conftest import SECRET_KEY
from tests.home.world import PASSWORD, VILLAGE
from tests.support.clock import START
from tests.support.pictures import with_photo
from tests.support.second import turn_on
from tests.web.reading import Form, forms_in
from tests.web.stage import Fields, Stage

WRITTEN = 'Kata "kami" & <b>kalian</b>'
SHOWN = "Kata &#34;kami&#34; &amp; &lt;b&gt;kalian&lt;/b&gt;"


@dataclass(frozen=True)
class Case:
    """A form: who finds it, on which page, with which address; what is right, and what is not.

    `page`: an address, or what makes one (and, for a sender, the browser). `wrong`: None, nothing can be wrong with it.
    `kept`: what was typed and must still stand there.
    """

    endpoint: str
    who: str
    page: str | Callable[[Stage], Any]
    action: str
    right: Fields = field(default_factory=dict)
    wrong: Fields | None = None
    kept: str = ""


def _news(state: NewsState) -> Callable[[Stage], str]:
    return lambda stage: stage.news(state)


def _announced(state: AnnouncementState) -> Callable[[Stage], str]:
    return lambda stage: stage.announcement(state)


def _sent(state: State, desk: Desk, *, sender: bool = False) -> Callable[[Stage], Any]:
    def make(stage: Stage) -> Any:
        row = stage.aspiration(state, desk)
        path = f"/aspirasi/{row.code}/"
        return (path, stage.sender(row)) if sender else path

    return make


def _other_device(stage: Stage) -> str:
    stage.client("agus")
    return "/akun/"


def _away(stage: Stage) -> tuple[str, FlaskClient]:
    client = stage.client("sari")
    form = form_of(client.get("/akun/").text, "/akun/berhalangan")
    assert (
        client.post(form.action, data={**form.fields, "starts_on": "18-11-2026", "ends_on": "20-11-2026"}).status_code
        == 303
    )
    return "/akun/", client


def _pictured(stage: Stage) -> str:
    return with_photo(stage.world.session, stage.news(NewsState.SUBMITTED))


def _photographed(stage: Stage) -> str:
    return with_photo(stage.world.session, f"/aspirasi/{stage.aspiration(State.RECEIVED, Desk.VILLAGE).code}/")


def _illustrated(stage: Stage) -> str:
    return with_photo(stage.world.session, stage.announcement(AnnouncementState.PUBLISHED))


def _claimed(state: ClaimState, more: str = "") -> Callable[[Stage], str]:
    return lambda stage: stage.claim(state) + more


def _pictured_claim(stage: Stage) -> str:
    return with_photo(stage.world.session, stage.claim(ClaimState.EXAMINED))


def _prepared(stage: Stage) -> tuple[str, FlaskClient]:
    """The admin, between the picture and the first code."""
    client = stage.client("agus")
    form = form_of(client.get(SECOND).text, "/persiapan")
    assert client.post(form.action, data={**form.fields, "password": PASSWORD}).status_code == 303
    return SECOND, client


def _second_on(stage: Stage) -> tuple[str, FlaskClient]:
    """The admin, whose second factor is on."""
    client = _prepared(stage)[1]
    form = form_of(client.get(SECOND).text, SECOND)
    assert client.post(SECOND, data={**form.fields, "code": stage.second_code(-1)}).status_code == 303
    return SECOND, client


def _half_in(stage: Stage) -> tuple[str, FlaskClient]:
    """A browser that gave the admin's password, and is asked for the code."""
    _second_on(stage)
    client = stage.browser()
    answer = client.post("/masuk/", data={"username": "agus", "password": PASSWORD})
    return answer.headers["Location"], client


def _person(stage: Stage) -> str:
    return f"/orang/{stage.people['budi'].id}/"


ADDRESS = "agus@example.go.id"


def _mailing(stage: Stage, who: str = "agus") -> FlaskClient:
    """Somebody's browser, from now on where mail is configured."""
    held = stage.app.extensions["kimweb"]
    server = Server("127.0.0.1", 25, "kim@example.go.id")
    held.settings = replace(held.settings, mail=server, public_url="https://kim.example.go.id")
    return stage.client(who)


def _addressed(stage: Stage) -> FlaskClient:
    """The admin, who put down an address."""
    client = _mailing(stage)
    form = form_of(client.get(EMAIL).text, EMAIL)
    answer = client.post(EMAIL, data={**form.fields, "address": ADDRESS, "password": PASSWORD})
    assert answer.status_code == 303
    return client


def _confirming(stage: Stage) -> tuple[str, FlaskClient]:
    """What the mailed link opens."""
    client = _addressed(stage)
    row = email_address(stage.world.session, stage.people["agus"].id)
    assert row
    return f"{EMAIL}tautan/{token_of(SECRET_KEY, row)}/", client


def _linked(stage: Stage) -> tuple[str, FlaskClient]:
    """What the mailed link to a new password opens."""
    path, client = _confirming(stage)
    form = form_of(client.get(path).text, path)
    assert client.post(path, data=form.fields).status_code == 303
    link = make(stage.world.session, username="agus", now=START)
    assert link
    return f"/masuk/lupa/{link.token}/", stage.browser()


def _with_second_factor(stage: Stage) -> str:
    turn_on(stage.world.session, "budi", PASSWORD, START)
    return _person(stage)


def form_of(text: str, action: str, path: str = "") -> Form:
    """The form with this address (or that ends so); "" for the one that posts to the page itself."""
    for form in forms_in(text):
        own = not action and form.action in ("", path)
        if form.method == "post" and (own or (action and form.action.endswith(action))):
            return form
    raise AssertionError(f"no form with address {action}: {[form.action for form in forms_in(text)]}")


SECOND, EMAIL = "/akun/kode-kedua/", "/akun/email/"
AT_VILLAGE, AT_DISTRICT = _sent(State.RECEIVED, Desk.VILLAGE), _sent(State.FORWARDED, Desk.DISTRICT)
AT_AGENCY = _sent(State.ASSIGNED, Desk.AGENCY)
ASKED, ANSWERED = (_sent(state, Desk.SENDER, sender=True) for state in (State.ASKED, State.ANSWERED))
NEWS: Fields = {"title": "Jalan selesai", "body": "Jalan poros selesai dicor."}
ANNOUNCEMENT: Fields = {"title": "Pasar murah", "body": "Sabtu.", "starts_on": "18-11-2026", "ends_on": "25-11-2026"}
SENDING: Fields = {"title": "Jembatan", "body": "Lapuk sejak Juli.", "category": "…"}
SOURCES: Fields = {"source_title": ["Surat", ""], "source_where": ["Kantor camat, 2 November 2026", ""]}
HOLIDAY: Fields = {"day": "28-11-2026", "name": "Hari jadi", "kind": "daerah"}
CASES = [
    Case("home.language", "warga", "/bantuan/", "/bahasa/", {"bahasa": "en"}, {"bahasa": "jv"}),
    Case("home.choice", "warga", f"/desa/{VILLAGE}/", f"/desa/{VILLAGE}/pilihan"),
    Case(
        "accounts.signed_in",
        "warga",
        "/masuk/",
        "/masuk/",
        {"username": "budi", "password": PASSWORD},
        {"username": WRITTEN, "password": "x"},
        SHOWN,
    ),
    Case("accounts.sign_out", "budi", "/meja/", "/keluar/"),
    Case(
        "accounts.change_password",
        "budi",
        "/akun/",
        "/akun/kata-sandi",
        {"old": PASSWORD, "new": "kata sandi lain"},
        {"old": "x", "new": "kata sandi lain"},
    ),
    Case(
        "accounts.set_absence",
        "budi",
        "/akun/",
        "/akun/berhalangan",
        {"starts_on": "18-11-2026", "ends_on": "20 November 2026"},
        {"starts_on": WRITTEN, "ends_on": "1-1-2026"},
        SHOWN,
    ),
    Case("accounts.end_absence", "sari", _away, "/akun/kembali"),
    Case("accounts.end_session", "agus", _other_device, "/akun/perangkat"),
    Case("accounts.ask_erasure", "sari", "/akun/data/", "/akun/data/penghapusan"),
    Case("second.prepare", "agus", SECOND, "/persiapan", {"password": PASSWORD}, {"password": "x"}),
    Case("second.confirm", "agus", _prepared, SECOND, {"code": "now"}, {"code": WRITTEN}, SHOWN),
    Case("second.code_given", "agus", _half_in, "/masuk/kode/", {"code": "now"}, {"code": WRITTEN}, SHOWN),
    Case(
        "second.remove",
        "agus",
        _second_on,
        "/penghapusan",
        {"password": PASSWORD, "code": "now"},
        {"password": PASSWORD, "code": WRITTEN},
        SHOWN,
    ),
    Case(
        "mail.ask",
        "warga",
        lambda stage: ("/masuk/lupa/", _mailing(stage, "warga")),
        "/masuk/lupa/",
        {"username": "agus"},
        {"username": " "},
    ),
    Case("mail.set_password", "warga", _linked, "", {"password": "hujan di sungai"}, {"password": "pendek"}),
    Case(
        "mail.set_address",
        "agus",
        lambda stage: (EMAIL, _mailing(stage)),
        EMAIL,
        {"address": ADDRESS, "password": PASSWORD},
        {"address": WRITTEN, "password": PASSWORD},
        SHOWN,
    ),
    Case("mail.remove_address", "agus", lambda stage: (EMAIL, _addressed(stage)), "/penghapusan"),
    Case("mail.confirm_address", "agus", _confirming, ""),
    Case(
        "people.invite",
        "agus",
        "/orang/undang/",
        "/orang/undang/",
        {"name": "Joko", "role": "moderator", "place": VILLAGE},
        {"name": WRITTEN, "role": "moderator", "place": "entah di mana"},
        SHOWN,
    ),
    Case("people.withdraw", "agus", lambda stage: f"/orang/undangan/{stage.slip().id}/", "/pembatalan"),
    Case(
        "people.import_people",
        "agus",
        "/orang/undangan/berkas/",
        "/orang/undangan/berkas/",
        {"file": (BytesIO(f"nama,peran,kode\nJoko,anggota,{VILLAGE}\n".encode()), "orang.csv")},
        {"file": (BytesIO(b"nama,peran,kode\nJoko,raja,1\n"), "orang.csv")},
        "Baris 2: peran tidak dikenal",
    ),
    Case(
        "people.invite_district",
        "agus",
        "/orang/undangan/kecamatan/",
        "/orang/undangan/kecamatan/",
        {"district": VILLAGE[:8]},
    ),
    Case("people.password_slip", "agus", _person, "/kata-sandi"),
    Case("people.correct_name", "agus", _person, "/nama", {"name": "Budi Santoso"}, {"name": "B" * 81}, "B" * 81),
    Case(
        "people.reset_second_factor",
        "agus",
        _with_second_factor,
        "/kode-kedua",
        {"reason": "HP dicuri."},
        {"reason": " "},
    ),
    Case(
        "people.add_role",
        "agus",
        _person,
        "/peran",
        {"role": "moderator", "place": VILLAGE},
        {"role": "moderator", "place": WRITTEN, "starts_on": "besok"},
        SHOWN,
    ),
    Case("people.end_role", "agus", _person, "/pengakhiran", {}, {"last_day": "kemarin dulu"}, "kemarin dulu"),
    Case("invited.asked", "warga", "/undangan/", "/undangan/", {"code": "slip"}, {"code": WRITTEN}, SHOWN),
    Case(
        "invited.accept",
        "warga",
        lambda stage: f"/undangan/{stage.code()}/",
        "",
        {"username": "joko", "password": "hujan di sungai"},
        {"username": WRITTEN, "password": "hujan di sungai"},
        SHOWN,
    ),
    Case("news.write", "budi", "/berita/tulis/", "", NEWS, {"title": "", "body": WRITTEN}, SHOWN),
    Case(
        "news.edit",
        "budi",
        lambda stage: stage.news(NewsState.DRAFT) + "ubah/",
        "",
        NEWS,
        {"title": WRITTEN, "body": ""},
        SHOWN,
    ),
    Case("news.submit", "budi", _news(NewsState.DRAFT), "/pengajuan"),
    Case(
        "news.return",
        "sari",
        _news(NewsState.SUBMITTED),
        "/pengembalian",
        {"reason": "Kurang jelas."},
        {"reason": " "},
    ),
    Case("news.publish", "sari", _news(NewsState.SUBMITTED), "/publikasi"),
    Case("news.restore", "sari", _news(NewsState.WITHDRAWN), "/pemulihan", {"reason": "Sudah benar."}, {"reason": ""}),
    Case(
        "news.correct",
        "budi",
        lambda stage: stage.news(NewsState.PUBLISHED) + "perbaiki/",
        "/perbaikan",
        NEWS,
        {"title": WRITTEN, "body": ""},
        SHOWN,
    ),
    Case("news.delete", "budi", lambda stage: stage.news(NewsState.DRAFT) + "hapus/", "/penghapusan"),
    Case(
        "news.report",
        "warga",
        lambda stage: stage.news(NewsState.PUBLISHED) + "lapor/",
        "/laporan",
        {"reason": "Salah."},
        {"reason": WRITTEN * 20},
        SHOWN,
    ),
    Case(
        "news.keep", "sari", lambda stage: stage.watched(reports=3), "/penetapan", {"reason": "Benar."}, {"reason": ""}
    ),
    Case("news.second", "rahman", lambda stage: stage.watched(self_published=True), "/pemeriksaan"),
    Case("news.withdraw", "sari", _news(NewsState.PUBLISHED), "/penarikan", {"reason": "Salah."}, {"reason": ""}),
    Case("news.cover", "sari", _pictured, "/penyamaran", {"cells": ["C4"]}, {"cells": []}),
    Case("news.describe", "sari", _pictured, "/uraian", {"alt": WRITTEN}, {"alt": ""}),
    Case(
        "announcements.write",
        "agus",
        "/pengumuman/tulis/",
        "",
        ANNOUNCEMENT,
        {**ANNOUNCEMENT, "title": "", "body": WRITTEN},
        SHOWN,
    ),
    Case(
        "announcements.edit",
        "agus",
        lambda stage: stage.announcement(AnnouncementState.DRAFT) + "ubah/",
        "",
        ANNOUNCEMENT,
        {**ANNOUNCEMENT, "ends_on": WRITTEN},
        SHOWN,
    ),
    Case("announcements.publish", "agus", _announced(AnnouncementState.DRAFT), "/publikasi"),
    Case("announcements.cover", "agus", _illustrated, "/penyamaran", {"cells": ["B2"]}, {"cells": []}),
    Case("announcements.describe", "agus", _illustrated, "/uraian", {"alt": "Beras"}, {"alt": WRITTEN * 9}, SHOWN),
    Case(
        "announcements.withdraw",
        "agus",
        _announced(AnnouncementState.PUBLISHED),
        "/penarikan",
        {"reason": "Salah."},
        {"reason": ""},
    ),
    Case(
        "aspirations.sent",
        "warga",
        f"/aspirasi/kirim/?desa={VILLAGE}",
        "/aspirasi/kirim/",
        SENDING,
        {**SENDING, "title": "", "body": WRITTEN},
        SHOWN,
    ),
    Case(
        "aspirations.tracked",
        "warga",
        lambda stage: "/aspirasi/lacak/",
        "/aspirasi/lacak/",
        {},
        {"code": WRITTEN, "pin": "1"},
        SHOWN,
    ),
    Case("aspirations.untrack", "pengirim", ANSWERED, "/aspirasi/lacak/keluar"),
    Case("aspirations.forward", "sari", AT_VILLAGE, "/penerusan"),
    Case("aspirations.ask", "sari", AT_VILLAGE, "/pertanyaan", {"text": "Di mana?"}, {"text": ""}),
    Case(
        "aspirations.assign",
        "rahman",
        AT_DISTRICT,
        "/penugasan",
        {"days": "14", "agency": "PUPR"},
        {"days": "7", "agency": ""},
    ),
    Case(
        "aspirations.reject",
        "rahman",
        AT_DISTRICT,
        "/penolakan",
        {"reason": "tidak_jelas", "text": "Kurang."},
        {"reason": "melanggar", "text": "x" * 501},
    ),
    Case(
        "aspirations.merge",
        "rahman",
        AT_DISTRICT,
        "/penggabungan",
        {"target": "public"},
        {"target": WRITTEN[:20]},
        "Kata &#34;kami&#34;",
    ),
    Case(
        "aspirations.answer",
        "dewi",
        AT_AGENCY,
        "/jawaban",
        {"kind": "dikerjakan", "text": "Sudah."},
        {"kind": "dijadwalkan", "text": WRITTEN, "date": ""},
        SHOWN,
    ),
    Case("aspirations.hand_back", "dewi", AT_AGENCY, "/pengembalian", {"reason": "Bukan kami."}, {"reason": ""}),
    Case("aspirations.cover", "sari", _photographed, "/penyamaran", {"cells": ["A1", "F8"]}, {"cells": []}),
    Case("aspirations.describe", "sari", _photographed, "/uraian", {"alt": ""}, {"alt": WRITTEN * 9}, SHOWN),
    Case("aspirations.reply", "pengirim", ASKED, "/keterangan", {"text": "Di RT 02."}, {"text": " "}),
    Case("aspirations.close", "pengirim", ANSWERED, "/penyelesaian", {"rating": "5"}),
    Case("aspirations.reopen", "pengirim", ANSWERED, "/pembukaan", {"text": "Belum."}, {"text": ""}),
    Case("aspirations.tighten", "pengirim", ANSWERED, "/privasi", {"hide_name": "1"}),
    Case(
        "clarifications.claimed",
        "warga",
        f"/cek-fakta/lapor/?desa={VILLAGE}",
        "/cek-fakta/lapor/",
        {"claim": "Katanya gaji pegawai naik.", "seen_in": "lisan"},
        {"claim": WRITTEN, "link": "javascript:alert(1)"},
        SHOWN,
    ),
    Case(
        "clarifications.tracked",
        "warga",
        "/cek-fakta/lacak/",
        "/cek-fakta/lacak/",
        {},
        {"code": WRITTEN, "pin": "1"},
        SHOWN,
    ),
    Case("clarifications.untrack", "pengirim", lambda stage: stage.asker(), "/cek-fakta/lacak/keluar"),
    Case(
        "clarifications.rebut",
        "warga",
        _claimed(ClaimState.PUBLISHED, "bantah/"),
        "/bantahan",
        {"text": "Tidak begitu."},
        {"text": WRITTEN * 60},
        SHOWN,
    ),
    Case("clarifications.take", "rahman", _claimed(ClaimState.RECEIVED), "/pengambilan"),
    Case("clarifications.abstain", "rahman", _claimed(ClaimState.RECEIVED), "/pengunduran"),
    Case(
        "clarifications.examine",
        "rahman",
        _claimed(ClaimState.EXAMINED, "periksa/"),
        "/hasil",
        {"notes": "Ditelepon."},
        {"notes": WRITTEN, "areas": []},
        SHOWN,
    ),
    Case("clarifications.publish", "rahman", _claimed(ClaimState.EXAMINED), "/publikasi", {}, {"verdict": "entah"}),
    Case(
        "clarifications.decline",
        "rahman",
        _claimed(ClaimState.EXAMINED),
        "/penyisihan",
        {"reason": "opini"},
        {"reason": "sudah_dijawab", "answer": WRITTEN},
        SHOWN,
    ),
    Case(
        "clarifications.correct",
        "rahman",
        _claimed(ClaimState.PUBLISHED, "perbaiki/"),
        "/ralat",
        {"truth": "Lain.", "change": "Isi.", "why": "Keliru.", **SOURCES},
        {"truth": WRITTEN, "change": "", "why": "x"},
        SHOWN,
    ),
    Case(
        "clarifications.withdraw",
        "rahman",
        _claimed(ClaimState.PUBLISHED),
        "/penarikan",
        {"reason": "Salah."},
        {"reason": ""},
    ),
    Case(
        "clarifications.answer_rebuttal",
        "rahman",
        lambda stage: stage.rebutted(),
        "/tanggapan",
        {"outcome": "terima", "text": "Terima kasih."},
        {"outcome": "terima", "text": ""},
    ),
    Case("clarifications.cover", "rahman", _pictured_claim, "/penyamaran", {"cells": ["A1"]}, {"cells": []}),
    Case("clarifications.describe", "rahman", _pictured_claim, "/uraian", {"alt": ""}, {"alt": WRITTEN * 9}, SHOWN),
    Case(
        "areas.add_agency",
        "agus",
        "/atur/instansi/tambah/",
        "",
        {"name": "Dinas Baru", "code": "BARU"},
        {"name": WRITTEN, "code": "a b"},
        SHOWN,
    ),
    Case("areas.agency", "agus", "/atur/instansi/1/", "", {"name": "Dinas Baru"}, {"name": ""}),
    Case(
        "areas.categories",
        "agus",
        "/atur/bidang/",
        "",
        {"name": "Bidang baru", "example": "Contoh.", "position": "9"},
        {"name": WRITTEN, "example": "", "position": "x"},
        SHOWN,
    ),
    Case(
        "areas.category",
        "agus",
        lambda stage: f"/atur/bidang/{stage.world.category()}/",
        "",
        {"name": "Jalan"},
        {"name": WRITTEN, "position": "0"},
        SHOWN,
    ),
    Case("areas.holidays", "agus", "/atur/libur/", "", HOLIDAY, {**HOLIDAY, "day": WRITTEN}, SHOWN),
    Case(
        "areas.periods",
        "agus",
        "/atur/pemilihan/",
        "",
        {"area": "16.06.01", "name": "Pilkades", "first": "18-11-2026", "last": "25-11-2026"},
        {"area": WRITTEN, "name": "Pilkades", "first": "18-11-2026", "last": "25-11-2026"},
        SHOWN,
    ),
    Case("areas.end_period", "agus", lambda stage: stage.election(), "/penghapusan"),
    Case("areas.remove_holiday", "agus", "/atur/libur/", "/penghapusan"),
]
