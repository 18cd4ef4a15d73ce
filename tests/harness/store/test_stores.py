"""What holds of every store, wherever it is."""

from __future__ import annotations

import time

import pytest

from augbench.store.opening import open_store
from augbench.values.run_errors import Corrupt
from support.stores import KEY, OTHER, keep, put, stage


def test_a_committed_artefact_can_be_opened_and_tells_about_itself(store):
    put(store)
    assert KEY in store
    assert OTHER not in store
    assert store.keys() == {KEY}
    assert (store.open(KEY) / "data.txt").read_text() == "hello"
    assert store.notes(KEY) == {"seconds": 1.5}
    summary = store.summary(KEY)
    assert (summary.kind, summary.label, summary.seconds, summary.bytes) == ("train", "train a", 1.5, 5)
    assert summary.identity["settings"] == {"lr": 1e-05}


def test_whoever_opens_the_location_finds_the_artefacts(machine):
    put(machine("here"))
    there = machine("there")
    assert open_store(there.location).keys() == {KEY}
    assert (there.open(KEY) / "data.txt").read_text() == "hello"


def test_an_exception_in_the_middle_leaves_nothing(store):
    def broken():
        with store.write(stage(), {}) as folder:
            (folder / "data.txt").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert KEY not in store
    assert list(store.inventory()) == []


def test_the_second_of_two_writers_finds_the_first_ones_artefact(machine):
    here, there = machine("here"), machine("there")
    with here.write(stage(), {}) as folder:
        (folder / "data.txt").write_text("mine")
        put(there, text="theirs")
    assert (here.open(KEY) / "data.txt").read_text() == "theirs"


def test_what_is_not_there_is_told_as_something_to_be_made_anew(store):
    with pytest.raises(Corrupt, match=r"'.*a{64}' is damaged \(it is gone\)"):
        store.open(KEY)


def test_the_newest_artefacts_are_summarised_first(store):
    for key in ("c" * 64, "d" * 64, "e" * 64):
        put(store, key)
        time.sleep(1.1 if store.location.startswith("s3") else 0.01)
    assert list(store.summaries(most=2)) == ["e" * 64, "d" * 64]
    assert len(store.summaries("train")) == 3
    assert store.summaries("evaluate") == {}
    # Once more, from what a mirror remembers.
    assert [summary.label for summary in store.summaries().values()] == ["train a"] * 3


def test_a_forgotten_artefact_is_gone_and_can_be_made_anew(machine):
    here, there = machine("here"), machine("there")
    put(here)
    there.forget(KEY)
    there.forget(KEY)
    assert KEY not in here
    assert list(here.inventory()) == []
    put(here, text="again")
    assert (machine("third").open(KEY) / "data.txt").read_text() == "again"


def test_the_last_checkpoint_counts_on_every_machine(machine):
    here, there = machine("here"), machine("there")
    assert here.kept(KEY) is None
    keep(here, "first")
    assert (there.kept(KEY) / "data.txt").read_text() == "first"
    keep(there, "second")
    assert (here.kept(KEY) / "data.txt").read_text() == "second"
    assert KEY not in here


def test_an_exception_while_a_checkpoint_is_written_leaves_the_last_one(store):
    keep(store, "first")

    def broken():
        with store.keep(stage()) as folder:
            (folder / "data.txt").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert (store.kept(KEY) / "data.txt").read_text() == "first"


def test_a_finished_artefact_needs_no_checkpoint(machine):
    here = machine("here")
    keep(here, "first")
    put(here)
    assert here.kept(KEY) is None
    assert machine("there").kept(KEY) is None


def test_an_artefact_that_is_set_aside_is_out_of_use(store):
    put(store)
    store.set_aside(KEY)
    assert KEY not in store
    put(store, text="again")
    assert (store.open(KEY) / "data.txt").read_text() == "again"
    assert "damaged artefact" in {leftover.what for leftover in store.leftovers()}


def test_a_sound_artefact_is_found_so(store):
    put(store)
    assert store.check(KEY) is None


def test_a_store_can_be_written_without_leaving_anything(store):
    store.check_writable()
    assert list(store.inventory()) == []
    assert list(store.leftovers()) == []


def test_one_machine_at_a_time_holds_a_lease(machine):
    mine, theirs = machine("here").leases(), machine("there").leases()
    assert mine.acquire(KEY, reads=[OTHER])
    assert not theirs.acquire(KEY)
    assert theirs.acquire(OTHER)
    assert dict(theirs.living()) == {KEY: {OTHER}, OTHER: frozenset()}
    mine.release(KEY)
    assert theirs.acquire(KEY)
    theirs.close()
    assert dict(mine.living()) == {}
