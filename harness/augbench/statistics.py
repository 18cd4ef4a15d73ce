"""Tests over paired seeds, for plugins that build on them; import it where it is used: it brings the comparison along."""

from augbench.comparison.tests import smallest_p, tested

__all__ = ["smallest_p", "tested"]
