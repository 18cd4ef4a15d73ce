"""``bench cache`` tells what a store holds, whether it is sound, and removes what may go."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from augbench.store.artefacts import Store
from augbench.store.opening import open_store
from support.stores import KEY, OTHER, put


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store with a large artefact that nobody has used for 40 days, and a small new one."""
    store = open_store(tmp_path / "store")
    put(store, KEY, "x" * 10_000)
    put(store, OTHER)
    long_ago = time.time() - 40 * 86400
    os.utime(store.open(KEY), (long_ago, long_ago))
    return store


@pytest.fixture
def cache(bench, store):
    """Return a function that calls ``bench cache`` on the store."""
    return lambda *arguments: bench("cache", *arguments, "--store", store.location)


def damage(store: Store, key: str) -> None:
    (store.open(key) / "data.txt").write_text("hallo")


@pytest.mark.parametrize("verb", ["list", "verify", "prune", "gc"])
def test_help_ends_with_examples(bench, verb: str):
    text = bench("cache", verb, "--help").stdout
    assert f"bench cache {verb}" in text[text.index("Examples") :]


def test_list_shows_kinds_with_numbers_and_sizes(cache, store):
    text = cache("list").stdout
    assert "train" in text
    assert text.splitlines()[-1] == f"2 artefacts, 11 kB in {store.location}"
    document = json.loads(cache("list", "--json").stdout)
    assert [(kind["kind"], kind["artefacts"], kind["bytes"]) for kind in document["kinds"]] == [("train", 2, document["bytes"])]
    assert "artefacts" not in document


def test_list_all_shows_each_artefact(cache):
    text = cache("list", "--all").stdout
    assert all(words in text for words in ("train a", KEY[:12], OTHER[:12], "40 days ago", "just now"))
    (large, small) = json.loads(cache("list", "--all", "--json").stdout)["artefacts"]
    assert (large["key"], large["label"], small["key"]) == (KEY, "train a", OTHER)


def test_a_store_that_is_not_there_is_empty_and_stays_so(bench, tmp_path: Path):
    done = bench("cache", "list", "--store", str(tmp_path / "none"))
    assert (done.exit_code, done.stdout) == (0, f"0 artefacts, 0 B in {tmp_path / 'none'}\n")
    assert bench("cache", "gc", "--store", str(tmp_path / "none")).stderr == "nothing is left over\n"
    assert not (tmp_path / "none").exists()


def test_verify_finds_every_artefact_sound(cache):
    done = cache("verify")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "2 artefacts checked, all as they were written\n")


def test_verify_reports_a_damaged_artefact_and_sets_it_aside_when_told(cache, store):
    damage(store, OTHER)
    done = cache("verify")
    assert (done.exit_code, done.stdout) == (1, f"train {OTHER}: data.txt has changed\n")
    assert done.stderr == "2 artefacts checked, 1 damaged: 'bench cache verify --mend' sets them aside\n"
    assert store.keys() == {KEY, OTHER}
    mended = json.loads(cache("verify", "--mend", "--json").stdout)
    assert mended["damaged"] == [{"kind": "train", "key": OTHER, "why": "data.txt has changed", "set-aside": True}]
    assert store.keys() == {KEY}
    assert cache("verify").exit_code == 0


def test_prune_only_tells_where_nobody_can_be_asked(cache, store):
    done = cache("prune", "--older", "30d")
    assert done.exit_code == 0
    assert "40 days ago" in done.stdout
    assert done.stderr == "nothing was removed; with --yes 1 artefact would be, 10.5 kB\n"
    assert store.keys() == {KEY, OTHER}


def test_prune_removes_what_was_not_used_for_longest(cache, store):
    done = cache("prune", "--to", "5kB", "--yes")
    assert (done.exit_code, done.stderr) == (0, "removed 1 artefact, 10.5 kB\n")
    assert store.keys() == {OTHER}
    assert cache("prune", "--to", "5kB", "--yes").stderr == "nothing to remove\n"


def test_prune_spares_what_a_living_run_reads(cache, store):
    leases = store.leases()
    assert leases.acquire("c" * 64, reads=[KEY])
    assert cache("prune", "--older", "30d", "--yes").stderr == "nothing to remove\n"
    leases.close()
    assert json.loads(cache("prune", "--older", "30d", "--yes", "--json").stdout)["artefacts"][0]["key"] == KEY
    assert store.keys() == {OTHER}


def test_prune_wants_to_be_told_what_may_go(cache):
    done = cache("prune", "--yes")
    assert (done.exit_code, done.stderr) == (2, "say what may go: --older 30d, --to 10GB or --kind NAME, or several of them\n")
    assert "did you mean 'train'?" in cache("prune", "--kind", "trane").stderr
    assert "'much' is no size; write a number with kB, MB, GB or TB, such as 10GB" in cache("prune", "--to", "much").stderr


def test_gc_removes_leftovers_unless_told_not_to(cache, store):
    damage(store, OTHER)
    store.set_aside(OTHER)
    assert cache("list").stderr.startswith("1 leftover, ")
    dry = cache("gc", "--dry-run")
    assert "damaged artefact" in dry.stdout
    assert dry.stderr.startswith("would remove 1 leftover, ")
    assert cache("gc").stderr.startswith("removed 1 leftover, ")
    assert json.loads(cache("gc", "--json").stdout)["leftovers"] == []
    assert store.keys() == {KEY}


def test_an_address_that_nothing_opens_is_one_message(bench):
    done = bench("cache", "list", "--store", "nowhere://bucket/folder")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "'nowhere://bucket/folder' is no store: Protocol not known: nowhere; give a folder, or an address such as s3://bucket/folder\n"
    )
