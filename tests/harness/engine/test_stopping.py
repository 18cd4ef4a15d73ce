"""The first signal asks, the second does not."""

import os
import signal

import pytest

from augbench.engine.stopping import Stopping


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_the_first_signal_asks_and_the_second_interrupts(name):
    asked = []
    stopping = Stopping(on_request=lambda: asked.append(name))
    with stopping.listening():
        os.kill(os.getpid(), getattr(signal, name))
        assert (stopping.requested, asked) == (True, [name])
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), getattr(signal, name))
    assert asked == [name]


def test_handlers_are_given_back():
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with Stopping().listening():
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_nothing_cuts_the_end_short():
    stopping = Stopping()
    with stopping.listening():
        os.kill(os.getpid(), signal.SIGINT)
        stopping.end()
        os.kill(os.getpid(), signal.SIGINT)
    assert stopping.requested
