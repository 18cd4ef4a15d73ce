"""One process at a time makes an artefact; the dead keep nobody waiting."""

import errno
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import asdict
from pathlib import Path

import pytest

from augbench.store.board import BucketBoard, FolderBoard
from augbench.store.bucket import Bucket
from augbench.store.leases import Leases
from augbench.store.processes import this_process
from augbench.values.errors import DiskFull
from support.stores import KEY, OTHER

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
    # Seconds for a busy machine; signs of life would have been waited for half a minute.
    assert time.monotonic() - begun < 10


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


def test_a_holder_elsewhere_is_followed_within_three_beats_of_the_clock(board):
    elsewhere(board)
    leases = Leases(board, beat=0.2)
    begun = time.monotonic()
    while not leases.acquire(KEY):
        time.sleep(0.01)
    assert 0.6 <= time.monotonic() - begun < 10
    leases.close()


@pytest.mark.slow
def test_a_holder_elsewhere_that_renews_is_waited_for(board):
    # The same file as another machine would see it: its holder lives, and that cannot be known but by its signs.
    holder, other = Leases(board, beat=0.05), Leases(board, beat=0.5)
    assert holder.acquire(KEY)
    path = board.folder / KEY
    text = path.read_text().replace(this_process().host, "far-away")
    holder._held[KEY] = text
    path.write_text(text)
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        assert not other.acquire(KEY)
        time.sleep(0.02)
    holder.close()
    assert other.acquire(KEY)
    other.close()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"host": 1}', "\x00\xff", '{"host": "a", "boot": "b", "pid": "no", "started": ""}']
)
def test_a_lease_that_cannot_be_read_is_one_of_somebody_elsewhere(board, text):
    assert board.post(KEY, text)
    now = [100.0]
    leases = Leases(board, beat=10, clock=lambda: now[0])
    assert not leases.acquire(KEY)
    assert leases.holder(KEY).host == "an unknown machine"
    now[0] += 31
    assert leases.acquire(KEY)


def test_a_lease_that_another_took_over_meanwhile_is_left_to_it(board):
    text = elsewhere(board)
    assert board.remove(KEY, text)
    mine = Leases(board)
    assert mine.acquire(KEY)
    # Somebody who judged the lease before it, and comes late.
    assert not board.remove(KEY, text)
    assert not Leases(board).acquire(KEY)
    assert [path.name for path in board.folder.iterdir()] == [KEY]


def test_a_holder_that_was_asleep_too_long_gives_up_what_another_holds_now(board):
    sleeper = Leases(board, beat=0.02)
    assert sleeper.acquire(KEY)
    assert board.remove(KEY, (board.folder / KEY).read_text())
    other = Leases(board)
    assert other.acquire(KEY)
    while KEY in sleeper._held:
        time.sleep(0.01)
    sleeper.close()
    assert other.holder(KEY) is not None


def test_a_lease_that_is_given_back_in_the_middle_of_a_sign_of_life_stays_away():
    asked, go = threading.Event(), threading.Event()

    class Slow(BucketBoard):
        """A bucket that takes its time between a look and a write."""

        def _is(self, key, text):
            right = super()._is(key, text)
            if threading.current_thread().name == "augbench-leases":
                asked.set()
                go.wait(10)
            return right

    board = Slow(bucket=Bucket(url=f"memory://{uuid.uuid4().hex}"), below="leases")
    leases = Leases(board, beat=0.01)
    assert leases.acquire(KEY)
    assert asked.wait(10)
    threading.Timer(0.2, go.set).start()
    leases.release(KEY)
    leases.close()
    assert go.wait(10)
    time.sleep(0.1)
    assert list(board.stages()) == []


def test_a_forked_child_holds_nothing_of_its_parent_and_takes_nothing_away(board):
    leases = Leases(board, beat=0.05)
    assert leases.acquire(KEY)
    child = os.fork()
    if child == 0:
        leases.release(KEY)
        leases.close()
        os._exit(0 if not leases.acquire(KEY) and leases.acquire(OTHER) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    other = Leases(board)
    assert not other.acquire(KEY)
    assert other.acquire(OTHER)
    leases.close()


def test_a_full_disk_is_told_as_such(board, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(DiskFull):
        Leases(board).acquire(KEY)
    monkeypatch.undo()
    assert list(board.folder.iterdir()) == []


def test_a_lease_whose_link_is_refused_since_it_was_made_is_held(board, monkeypatch):
    link = os.link

    def twice(source, target):
        link(source, target)
        link(source, target)

    monkeypatch.setattr(os, "link", twice)
    assert Leases(board).acquire(KEY)
    assert not Leases(board).acquire(KEY)


def test_leases_work_where_files_cannot_be_linked(board, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    first, second = Leases(board), Leases(board)
    assert first.acquire(KEY)
    assert not second.acquire(KEY)
    first.release(KEY)
    assert second.acquire(KEY)


RACE = """
import sys, time
from pathlib import Path
from augbench.store.board import FolderBoard
from augbench.store.leases import Leases
leases = Leases(FolderBoard(folder=Path(sys.argv[1])), beat=10)
sys.stdin.readline()
print(*[key for key in (f"{number:064d}" for number in range(200)) if leases.acquire(key)], flush=True)
sys.stdin.readline()
"""


@pytest.mark.slow
@pytest.mark.parametrize("before", ["nothing", "dead leases"])
def test_of_eight_that_race_for_a_lease_one_wins(board, before):
    if before == "dead leases":
        dead = json.dumps(asdict(this_process()) | {"started": "1", "token": "t", "made": 1.0, "reads": []})
        assert all(board.post(f"{number:064d}", dead) for number in range(200))
    command = [sys.executable, "-c", RACE, str(board.folder)]
    racers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(8)]
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [key for racer in racers for key in racer.stdout.readline().split()]
    for racer in racers:
        racer.communicate("done\n")
    assert sorted(won) == [f"{number:064d}" for number in range(200)]
