"""Fixtures of what every page must keep to."""

from __future__ import annotations

from tests.web.site import crawl, demo_site, people  # noqa: F401 (fixtures)
