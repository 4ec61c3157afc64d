"""Answers that a browser keeps as a file, and answers that it keeps nowhere."""

from __future__ import annotations

from werkzeug.wrappers import Response


def file_to_keep(content: bytes, *, name: str, mimetype: str) -> Response:
    """A file with a name of ours, kept by no cache on the way."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return kept_nowhere(response)


def kept_nowhere(response: Response) -> Response:
    """Have it stored by no cache and no browser: it holds, or is reached by, a secret."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
