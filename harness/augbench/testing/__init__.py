"""The conformance kit: what every component obeys, as checks that a plugin's author runs too."""

from augbench.testing.checking import Broken, Check, NotApplicable, Verdict, checks_of, judge, require

__all__ = ["Broken", "Check", "NotApplicable", "Verdict", "checks_of", "judge", "require"]
