"""Marks sentences for the message catalogue in rooms that know no request; pages translate them when they show them."""

from __future__ import annotations


def N_(message: str) -> str:
    """Mark a message for extraction; returns it unchanged."""
    return message
