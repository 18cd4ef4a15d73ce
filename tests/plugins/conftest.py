"""What all tests of plugins share."""

from support.threads import one_thread

__all__ = ["one_thread"]
