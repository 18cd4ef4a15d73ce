"""What a module does to the process while it is imported is told, and put back where it can be."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from augbench.registry.hearing import apart, hearing


def told(heard) -> list[str]:
    return [text for text, _ in heard.told()]


def test_the_current_folder_is_changed_back(tmp_path: Path):
    before = Path.cwd()
    with hearing() as heard:
        os.chdir(tmp_path)
    assert Path.cwd() == before
    assert told(heard) == ["changes the current folder when it is imported; it was changed back"]


def test_ctrl_c_is_given_back():
    before = signal.getsignal(signal.SIGINT)
    with hearing() as heard:
        signal.signal(signal.SIGINT, lambda number, frame: None)
    assert signal.getsignal(signal.SIGINT) is before
    assert told(heard) == ["takes SIGINT for itself when it is imported; it was given back"]


def test_also_of_a_module_that_raises():
    before = Path.cwd()
    with suppress(ZeroDivisionError), hearing():
        os.chdir("/")
        1 / 0  # noqa: B018
    assert Path.cwd() == before


def test_a_thread_that_no_command_ends_before_is_told():
    end = threading.Event()
    with hearing() as heard:
        threading.Thread(target=end.wait).start()
        threading.Thread(target=end.wait, daemon=True).start()
    end.set()
    assert told(heard) == ["starts a thread when it is imported, and no command ends before it does; make it a daemon, or start it later"]


def test_what_every_command_waits_for_is_told(monkeypatch: pytest.MonkeyPatch):
    for name in ("tensorflow", "jax"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with hearing() as heard:
        for name in ("jax", "tensorflow"):
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
    assert told(heard) == ["imports tensorflow and jax when it is imported, which every command waits for; import that inside functions"]


def test_nothing_is_told_of_a_module_that_does_nothing():
    with hearing() as heard:
        pass
    assert told(heard) == []


@pytest.mark.parametrize("place", [hearing, apart])
def test_what_is_written_past_python_is_no_data(capfd: pytest.CaptureFixture[str], place):
    with place():
        os.write(1, b"from C\n")
    os.write(1, b"data\n")
    assert capfd.readouterr() == ("data\n", "from C\n")
