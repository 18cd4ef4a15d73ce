"""The journal keeps every whole line and no half of one."""

import os
import subprocess
import sys
import tracemalloc

import pytest

from augbench.store.records import Journal
from augbench.values.errors import DiskFull

APPEND = """
import sys
import tracemalloc
from pathlib import Path
from augbench.store.records import Journal
journal, writer, count = Journal(path=Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
for number in range(count):
    journal.append({"writer": writer, "number": number, "padding": "x" * (number % 700)})
"""


def writers(journal: Journal, names: str, records: int) -> list[subprocess.Popen[bytes]]:
    """Start a process for each letter."""
    return [subprocess.Popen([sys.executable, "-c", APPEND, str(journal.path), name, str(records)]) for name in names]


def numbers(journal: Journal, writer: str) -> list[int]:
    return [record["number"] for record in journal.read()[0] if record["writer"] == writer]


def test_a_torn_last_line_is_skipped_and_the_next_record_starts_a_new_one(tmp_path):
    journal = Journal(path=tmp_path / "records.jsonl")
    journal.append({"trial": "a"})
    with journal.path.open("a") as file:
        file.write('{"trial": "b", "sta')
    journal.append({"trial": "c"})
    assert journal.read() == ([{"trial": "a"}, {"trial": "c"}], 1)


def test_a_run_without_records_has_none(tmp_path):
    assert Journal(path=tmp_path / "records.jsonl").read() == ([], 0)


def test_line_separators_inside_a_value_do_not_tear_a_record(tmp_path):
    journal = Journal(path=tmp_path / "records.jsonl")
    journal.append({"reason": "first\nsecond\u2028third\r"})
    assert journal.read() == ([{"reason": "first\nsecond\u2028third\r"}], 0)


def test_bytes_that_are_no_text_cost_their_line_alone(tmp_path):
    journal = Journal(path=tmp_path / "records.jsonl")
    journal.append({"trial": "a"})
    with journal.path.open("ab") as file:
        file.write(b"\xff\xfe\x00\n")
    journal.append({"trial": "c"})
    assert journal.read() == ([{"trial": "a"}, {"trial": "c"}], 1)


def test_a_write_that_fails_leaves_no_half_of_a_line(tmp_path, monkeypatch):
    journal = Journal(path=tmp_path / "records.jsonl")
    journal.append({"trial": "a"})
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: whole(descriptor, data[:7]))
    with pytest.raises(DiskFull):
        journal.append({"trial": "b"})
    monkeypatch.undo()
    journal.append({"trial": "c"})
    assert journal.read() == ([{"trial": "a"}, {"trial": "c"}], 0)


@pytest.mark.slow
def test_eight_processes_write_ten_thousand_records_and_none_is_lost_or_torn(tmp_path):
    journal = Journal(path=tmp_path / "records.jsonl")
    assert [process.wait() for process in writers(journal, "abcdefgh", 1250)] == [0] * 8
    records, torn = journal.read()
    assert (len(records), torn) == (10_000, 0)
    assert all(numbers(journal, writer) == list(range(1250)) for writer in "abcdefgh")


@pytest.mark.slow
def test_killed_writers_cost_the_others_nothing(tmp_path):
    journal = Journal(path=tmp_path / "records.jsonl")
    survivors, doomed = writers(journal, "abcd", 250), writers(journal, "wxyz", 100_000)
    for name, process in zip("wxyz", doomed, strict=True):
        while len(numbers(journal, name)) < 5:
            assert process.poll() is None
        process.kill()
    assert [process.wait() for process in doomed] == [-9] * 4
    assert [process.wait() for process in survivors] == [0] * 4
    assert all(numbers(journal, writer) == list(range(250)) for writer in "abcd")
    # What the doomed got done is there without a gap, too.
    assert all((done := numbers(journal, writer)) == list(range(len(done))) for writer in "wxyz")


def test_a_long_journal_is_looked_through_without_being_held(tmp_path):
    journal = Journal(path=tmp_path / "records.jsonl")
    journal.path.write_text(f'{{"padding": "{"x" * 10_000}"}}\n' * 1000 + "torn")
    tracemalloc.start()
    assert sum(1 for _ in journal) == 1000
    assert journal.torn() == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000
