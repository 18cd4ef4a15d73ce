"""Collect components from plugins, without importing what they point at."""

from __future__ import annotations


class Registry:
    """What a plugin's ``register`` hook is handed."""
