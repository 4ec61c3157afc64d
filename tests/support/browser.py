"""A browser that complains aloud: errors in the console, violations of the CSP, requests to anybody else."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A form that failed (422) and a stale one (409) are answers as designed; Chromium calls each a failed load.
_AS_DESIGNED = ("status of 422", "status of 409")


class BrowserWatch:
    """Notes what goes wrong in the contexts it watches."""

    def __init__(self) -> None:
        self._complaints: list[str] = []
        self._expected = list(_AS_DESIGNED)

    def expect(self, *parts: str) -> None:
        """Complaints with one of these parts are what this test wants, such as "status of 404"."""
        self._expected.extend(parts)

    def watch(self, context: BrowserContext) -> None:
        """From now on, every page of the context."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)

    @property
    def complaints(self) -> list[str]:
        """What went wrong and was not expected."""
        return [text for text in self._complaints if not any(part in text for part in self._expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complaints.append(f"console: {message.text} ({message.location['url']})")

    def _error(self, error: WebError) -> None:
        self._complaints.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.hostname not in ("127.0.0.1", "localhost", "kim.localhost"):
            self._complaints.append(f"request to somebody else: {request.url}")
