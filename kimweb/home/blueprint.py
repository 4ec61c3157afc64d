"""The room's one blueprint; the modules beside it hang their pages on it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("home", __name__)
