"""Answers that a browser keeps as a file."""

from __future__ import annotations

from flask import Response


def file_to_keep(content: bytes, *, name: str, mimetype: str) -> Response:
    """A file with a name of ours, kept by no cache on the way."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Cache-Control"] = "private, no-store"
    return response
