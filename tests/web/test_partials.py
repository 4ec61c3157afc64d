"""Whole pages and their fragments: who gets which."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

LISTS = {"/berita/": "berita-daftar", "/aspirasi/": "aspirasi-daftar", "/pengumuman/": "pengumuman-daftar"}
HTMX = {"HX-Request": "true"}
WHOLE = [
    {},
    {"HX-Request": "false"},
    HTMX | {"HX-Boosted": "true"},
    HTMX | {"HX-History-Restore-Request": "true"},
    HTMX | {"HX-Request-Type": "full"},
]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("headers", WHOLE, ids=lambda headers: "+".join(headers) or "plain")
def test_everybody_but_htmx_asking_for_a_part_gets_the_page(
    client: FlaskClient, path: str, headers: dict[str, str]
) -> None:
    answer = client.get(path, headers=headers)
    assert "<!DOCTYPE html>" in answer.text
    assert f'id="{LISTS[path]}"' in answer.text


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("headers", [HTMX, HTMX | {"HX-Request-Type": "partial"}], ids=["old", "htmx 4"])
def test_htmx_gets_the_same_file_alone(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    part, whole = client.get(path, headers=headers).text.strip(), client.get(path).text
    assert part.startswith(f'<div id="{LISTS[path]}">')
    assert part in whole


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["whole", "part"])
def test_caches_are_told_that_there_are_two(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    assert {"HX-Request", "Accept-Encoding"} <= {
        name.strip() for name in client.get(path, headers=headers).headers["Vary"].split(",")
    }


def test_an_error_is_a_part_too(client: FlaskClient) -> None:
    answer = client.get("/tidak-ada/", headers=HTMX)
    assert answer.status_code == 404
    assert answer.text.strip().startswith('<article class="error"')
