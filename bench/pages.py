"""Bytes on the wire (gzip, with headers) and SQL statements of each public page of the demonstration."""

from __future__ import annotations

import gzip
import re
import socket
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.server import Server, environment, kimweb, serve

VILLAGE = "16.06.01.2001"
PAGES = [
    "/",
    "/desa/",
    "/desa/?q=mekar",
    "/kecamatan/16.06.01/",
    f"/desa/{VILLAGE}/",
    "/berita/",
    "/pengumuman/",
    "/aspirasi/",
    "/aspirasi/kirim/",
    f"/aspirasi/kirim/?desa={VILLAGE}",
    "/aspirasi/lacak/",
    "/masuk/",
    "/tentang/",
    "/privasi/",
    "/bantuan/",
    "/tidak-ada/",
]
# The first of each kind that its list leads to, and the list's next page.
FOUND_ON = [
    ("/berita/", r'href="(/berita/\d+/)"'),
    ("/pengumuman/", r'href="(/pengumuman/\d+/)"'),
    ("/aspirasi/", r'href="(/aspirasi/[A-Z0-9-]+/)"'),
    ("/berita/", r'href="(/berita/\?[^"]+)"'),
    ("/aspirasi/", r'href="(/aspirasi/\?[^"]+)"'),
]
GOAL, LIMIT = 3_300, 5_000
OURS_ONLY = re.compile(rb"x-statements: *(\d+)\r\n", re.IGNORECASE)  # a header that no visitor is sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the wire for one page."""

    status: int
    size: int
    headers: int
    statements: str
    milliseconds: float
    text: str


def fetch(server: Server, path: str) -> Answer:
    """GET over a plain socket, so that every byte counts; at most 30 s."""
    address = urlsplit(server.url)
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\nAccept: text/html\r\nAccept-Language: id\r\n"
        "Accept-Encoding: gzip\r\nUser-Agent: bench\r\nConnection: close\r\n\r\n"
    )
    begun, raw = time.perf_counter(), b""
    with socket.create_connection((address.hostname or "", address.port or 80), timeout=30) as connection:
        connection.sendall(request.encode())
        while part := connection.recv(65_536):
            raw += part
    milliseconds = (time.perf_counter() - begun) * 1000
    head, _, body = raw.partition(b"\r\n\r\n")
    head += b"\r\n"
    counted = OURS_ONLY.search(head)
    head = OURS_ONLY.sub(b"", head)
    text = gzip.decompress(body) if b"content-encoding: gzip" in head.lower() else body
    return Answer(
        status=int(head.split(b" ", 2)[1]),
        size=len(head) + 2 + len(body),
        headers=len(head) + 2,
        statements=counted[1].decode() if counted else "-",
        milliseconds=milliseconds,
        text=text.decode(errors="replace"),
    )


def measure(server: Server) -> None:
    """Print the table: each page once to warm it, once to count."""
    pages = list(PAGES)
    for where, pattern in FOUND_ON:
        found = re.search(pattern, fetch(server, where).text)
        if found:
            pages.insert(pages.index(where) + 1, found[1].replace("&amp;", "&"))
    print("| page | bytes on the wire | of these headers | statements | ms | |\n|---|---:|---:|---:|---:|---|")
    for path in pages:
        fetch(server, path)
        answer = fetch(server, path)
        notes = [str(answer.status)] if answer.status != 200 else []
        notes += ["TOO LARGE"] if answer.size > LIMIT else ["above the goal"] if answer.size > GOAL else []
        print(
            f"| {path} | {answer.size:,} | {answer.headers} | {answer.statements} "
            f"| {answer.milliseconds:.1f} | {', '.join(notes)} |"
        )


def main() -> None:
    """Serve a demonstration in a folder of its own, measure, and leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="kimweb-bench-") as name:
        folder = Path(name)
        env = environment(folder)
        begun = time.perf_counter()
        kimweb(env, "init")
        kimweb(env, "demo")
        print(f"The demonstration was ready after {time.perf_counter() - begun:.1f} s.\n")
        with serve(env, folder / "server.log") as server:
            measure(server)


if __name__ == "__main__":
    main()
