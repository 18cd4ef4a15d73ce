"""One process at a time makes an artefact; the dead keep nobody waiting."""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from augbench.store.board import FolderBoard
from augbench.store.leases import Leases
from augbench.store.processes import this_process

KEY, OTHER = "k" * 64, "m" * 64
HOLD = """
import sys, time
from pathlib import Path
from augbench.store.board import FolderBoard
from augbench.store.leases import Leases
leases = Leases(FolderBoard(folder=Path(sys.argv[1])), beat=0.1)
print(leases.acquire(sys.argv[2]), flush=True)
time.sleep(60)
"""


@pytest.fixture
def board(tmp_path: Path) -> FolderBoard:
    return FolderBoard(folder=tmp_path / "leases")


def holding(board: FolderBoard) -> subprocess.Popen[str]:
    """Start a process that holds the lease."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(board.folder), KEY], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "True\n"
    return process


def elsewhere(board: FolderBoard, **changed) -> str:
    """Post the lease of a process on another machine."""
    process = asdict(this_process()) | {"host": "far-away", "pid": 1} | changed
    text = json.dumps(process | {"token": "t", "made": 1.0, "reads": []})
    assert board.post(KEY, text)
    return text


def test_one_holds_a_lease_until_it_gives_it_back(board):
    first, second = Leases(board), Leases(board)
    assert first.acquire(KEY)
    assert first.acquire(KEY)
    assert not second.acquire(KEY)
    assert second.acquire(OTHER)
    assert second.holder(KEY).pid == os.getpid()
    first.release(KEY)
    assert second.holder(KEY) is None
    assert second.acquire(KEY)


def test_closing_gives_all_leases_back(board):
    first, second = Leases(board), Leases(board)
    assert first.acquire(KEY)
    assert first.acquire(OTHER)
    first.close()
    assert second.acquire(KEY)
    assert second.acquire(OTHER)


def test_a_killed_holder_of_this_machine_is_followed_at_once(board):
    process, leases = holding(board), Leases(board)
    assert not leases.acquire(KEY)
    process.kill()
    # Not waited for: a process that is dead and not buried has a number still.
    begun = time.monotonic()
    while not leases.acquire(KEY):
        time.sleep(0.001)
    process.wait()
    assert time.monotonic() - begun < 1.0


def test_a_number_that_another_process_has_got_by_now_is_no_sign_of_life(board):
    text = json.dumps(asdict(this_process()) | {"started": "1", "token": "t", "made": 1.0, "reads": []})
    assert board.post(KEY, text)
    assert Leases(board).acquire(KEY)


def test_a_holder_elsewhere_is_followed_after_three_beats_without_a_sign(board):
    elsewhere(board)
    now = [100.0]
    leases = Leases(board, beat=10, clock=lambda: now[0])
    assert not leases.acquire(KEY)
    now[0] += 29.9
    assert not leases.acquire(KEY)
    now[0] += 0.2
    assert leases.acquire(KEY)


def test_each_sign_of_life_is_worth_three_beats(board):
    text = elsewhere(board)
    now = [100.0]
    leases = Leases(board, beat=10, clock=lambda: now[0])
    for _ in range(5):
        assert not leases.acquire(KEY)
        now[0] += 20
        time.sleep(0.01)
        assert board.renew(KEY, text)
    assert not leases.acquire(KEY)
    now[0] += 31
    assert leases.acquire(KEY)
