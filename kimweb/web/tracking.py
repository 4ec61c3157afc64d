"""What a browser proved: the short-lived signed cookie that code and PIN (or sending) earn.

Each flow that takes things in without an account has its own, which reaches only the flow's own addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from kimweb.core.codes import clean_code
from kimweb.web import context

MINUTES = 15
"""How long a tracking session lasts (phones are shared)."""


@dataclass(frozen=True, slots=True)
class Tracker:
    """The cookie of one flow. `kind`: before the code in what an actor proved; `path`: under which it is sent; `salt`:
    what keeps it from being taken for another flow's."""

    kind: str
    path: str
    salt: str

    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(context.settings().secret_key, salt=self.salt)

    def _tracked(self) -> tuple[str, bool]:
        try:
            code, until, sent = self._serializer().loads(request.cookies.get(_name(), ""))
            alive = context.now() < datetime.fromtimestamp(int(until), UTC)
        except (BadSignature, ValueError, TypeError, OverflowError):
            return "", False
        return (clean_code(str(code)), bool(sent)) if alive else ("", False)

    def tracked_code(self) -> str:
        """The code that this browser may follow just now; "" when none."""
        return self._tracked()[0]

    def sent_code(self) -> str:
        """The code that this browser has just sent, and whose PIN it may see; "" when none."""
        code, sent = self._tracked()
        return code if sent else ""

    def proofs(self) -> frozenset[str]:
        """What the request's actor proved to have sent."""
        code = self.tracked_code()
        return frozenset({f"{self.kind}:{code}"}) if code else frozenset()

    def remember(self, response: Response, code: str, *, sent: bool = False) -> Response:
        """Let this browser follow `code` for 15 minutes; `sent`: and see its PIN, since it has just sent it."""
        until = int((context.now() + timedelta(minutes=MINUTES)).timestamp())
        response.set_cookie(
            _name(),
            self._serializer().dumps([code, until, int(sent)]),
            max_age=MINUTES * 60,
            path=self.path,
            httponly=True,
            samesite="Lax",
            secure=context.settings().secure_cookies,
        )
        return response

    def forget(self, response: Response) -> Response:
        """End the tracking session on this browser, and drop the pages that it keeps for "Back"."""
        response.delete_cookie(_name(), path=self.path, httponly=True, samesite="Lax")
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


def _name() -> str:
    return str(current_app.config["TRACKING_COOKIE_NAME"])
