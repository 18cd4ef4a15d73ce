"""Pairing, tests, effects and verdicts: pure, from the results of a run to a typed tree."""

from augbench.comparison.compare import compare

__all__ = ["compare"]
