"""Which passwords do, and that a storm of sign-ins takes no more than its share."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kimweb.accounts.actions import check_password
from kimweb.accounts.passwords import common
from kimweb.core.errors import Invalid
from tests.support.forms import send
from tests.support.html import problems
from tests.support.people import PASSWORD, People, enter


@pytest.mark.parametrize(
    "password",
    [
        "sayang123",
        "Sayang123",
        " SAYANG123 ",
        "bismillah",
        "INDONESIA",
        "qwerty123",
        "12345678",
        "password1",
        "kimmuba2026",
    ],
)
def test_a_common_password_is_refused_however_it_is_written(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password)
    assert refused.value.fields["new"].startswith("Terlalu mudah ditebak.")


@pytest.mark.parametrize(
    ("password", "username"),
    [
        ("budi.1234", "budi.1234"),
        ("Budi.1234 ", "budi.1234"),
        ("orang1orang1", "orang1"),
        ("Orang1-orang1-ORANG1!", "orang1"),
    ],
)
def test_the_username_is_no_password(password: str, username: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, username)
    assert refused.value.fields["new"].startswith("Isinya hanya nama pengguna.")


def test_a_sentence_with_the_username_in_it_is_a_password() -> None:
    check_password("orang1 suka hujan", "orang1")
    check_password("orang1orang1", "")


@pytest.mark.parametrize("password", ["", "1234567", "x" * 129, "\u00e9" * 7])
def test_a_password_has_8_to_128_characters(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password)
    assert refused.value.fields["new"].startswith("Panjangnya 8 sampai 128 huruf.")


@pytest.mark.parametrize(
    "password",
    [
        "hujan turun di sungai",
        "aaaaaaab",
        "ikan belida goreng",
        "日本語のパスワード",
        "x" * 128,
        " spasi di depan",
        "KATASANDIBESAR",
    ],
)
def test_no_kind_of_character_is_asked_for(password: str) -> None:
    check_password(password, "budi")


def test_the_list_holds_what_a_rule_of_length_lets_through() -> None:
    assert len(common()) > 900
    assert [word for word in common() if len(word) < 8 or word != word.lower()] == []
    assert {"sayang123", "indonesia", "bismillah", "password", "qwertyuiop"} <= common()


@pytest.mark.parametrize("password", ["sayang123", "Indonesia"])
def test_the_page_says_what_would_do(client: FlaskClient, people: People, password: str) -> None:
    enter(client, "budi")
    answer = send(client, "/akun/kata-sandi", on="/akun/", old=PASSWORD, new=password)
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert "Terlalu mudah ditebak. Pakai kalimat pendek buatan Anda, misalnya empat kata." in answer.text
    assert f'value="{password}"' not in answer.text
