"""What all tests of the conformance kit share."""

from support.threads import one_thread

__all__ = ["one_thread"]
