"""The inline style of a page, minified once, and its hash for the content security policy."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from flask import Flask, g
from markupsafe import Markup
from rcssmin import cssmin

BUNDLES = {
    "base": ("base.css",),
    "place": ("base.css", "place.css"),
    "desk": ("base.css", "desk.css"),
    "fact": ("base.css", "fact.css"),
    "fact_desk": ("base.css", "desk.css", "fact.css"),
    "photo": ("base.css", "desk.css", "photo.css"),
    "slip": ("base.css", "slip.css"),
}


def install(app: Flask) -> None:
    """Read and minify the bundles; templates call `style("base")` inside their `<style>`."""
    folder = Path(app.static_folder or "static") / "css"
    bundles = {name: _minified(folder, files) for name, files in BUNDLES.items()}
    hashes = {name: _hash(text) for name, text in bundles.items()}

    def style(name: str) -> Markup:
        g.style_hash = hashes[name]
        return Markup(bundles[name])  # noqa: S704  # nosec B704 # our own files

    app.jinja_env.globals["style"] = style


def _minified(folder: Path, files: tuple[str, ...]) -> str:
    text = "\n".join((folder / file).read_text(encoding="utf-8") for file in files)
    return str(cssmin(text))


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
