"""The conformance kit: what every component obeys, as checks that a plugin's author runs too."""

from augbench.testing.checking import Broken, Check, NotApplicable, UnknownCheck, Verdict, checks_of, judge, require
from augbench.testing.conforming import conformance
from augbench.testing.registering import registered

__all__ = ["Broken", "Check", "NotApplicable", "UnknownCheck", "Verdict", "checks_of", "conformance", "judge", "registered", "require"]
