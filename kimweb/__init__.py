"""KIM Web: announcements, village news and aspirations for the community information groups of Musi Banyuasin."""

from kimweb.app import create_app

__all__ = ["create_app"]
