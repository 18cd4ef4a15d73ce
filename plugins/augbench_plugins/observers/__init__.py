"""Observers: they write down elsewhere what a run does and what comes of it."""
