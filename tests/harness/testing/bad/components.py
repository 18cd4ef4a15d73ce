"""A component for each law of every kind that breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from augbench import Component, Registry
from augbench.registry.local import Local
from harness.testing.bad import lawless
from harness.testing.bad.heavy import Heavy

Local("leaden.py", Path(__file__).parent).load()
_leaden: Any = Registry().resolve("generator", "leaden:Leaden").component

GOOD: Component = lawless.Noise()
BAD: dict[str, Component] = {
    "defaults-construct": lawless.NoTwo(grey=0.2),
    "bounds-reject": lawless.HollowBound(),
    "survives-its-own-toml": lawless.Halved(),
    "docstrings-are-present": lawless.Silent(),
    "equal-by-value": lawless.Individual(),
    "no-value-can-change": lawless.Listing(),
    "pickles": lawless.Homebound(),
    "works": lawless.Raising(),
    "repeats-itself": lawless.Counting(),
    "global-random-states": lawless.Seeding(),
    "registration-is-light": _leaden(),
    "its-module-is-light": Heavy(),
    "supports-answers": lawless.Moody(),
    "presets-are-valid": lawless.OddPreset(),
}
