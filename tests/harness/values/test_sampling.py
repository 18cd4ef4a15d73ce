"""Index tensors: passes, picks and sources."""

from dataclasses import replace

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from augbench import SampleContext, Streams, shares
from augbench.values.errors import NoImages
from augbench.values.sampling import Block, SlotRule

LABELS = torch.tensor([0, 1, 0, 2, 1, 0, 0])
BANK = torch.tensor([2, 2, 1, 1, 1])
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def context(first: int = 0, steps: int = 200, **changes: object) -> SampleContext:
    whole = SampleContext(
        labels=LABELS,
        bank_labels=BANK,
        classes=3,
        minority=(1, 2),
        size=8,
        n={1: 1, 2: 1},
        mix={"originals": 1.0},
        bank_size={1: 3, 2: 2},
        slots={"mix": SlotRule(arity=2), "loose": SlotRule(arity=3, pairing="any"), "banked": SlotRule(arity=1, sources="generated")},
        streams=Streams.of(seed=0),
        block=Block(first=first, steps=steps),
    )
    return replace(whole, **changes)


@relaxed
@given(st.integers(1, 9), st.integers(0, 30), st.integers(1, 20), st.integers(1, 20))
def test_passes_are_the_same_however_they_are_cut_into_blocks(per_step: int, first: int, steps: int, more: int) -> None:
    pool = torch.arange(7)
    whole = context(first, steps + more).passes("originals", pool, per_step)
    later = context(first + steps, more).passes("originals", pool, per_step)
    earlier = context(first, steps).passes("originals", pool, per_step)
    assert torch.equal(torch.cat([earlier, later]), whole)


def test_each_pass_shows_every_image_once() -> None:
    walked = context(steps=70).passes("originals", torch.arange(10, 17), 3).view(-1, 7)
    assert (walked.sort(dim=1).values == torch.arange(10, 17)).all()
    assert len(walked.unique(dim=0)) > 20


def test_sources_walk_on_streams_of_their_own() -> None:
    assert not torch.equal(context().passes("originals", torch.arange(7), 1), context().passes("other", torch.arange(7), 1))


def test_nothing_is_walked_for_no_image() -> None:
    assert context(steps=5).passes("originals", torch.arange(7), 0).shape == (5, 0)


@pytest.mark.parametrize(("sources", "expected"), [("originals", {1, 4}), ("generated", {9, 10, 11}), ("both", {1, 4, 9, 10, 11})])
def test_a_pick_has_the_wanted_class_and_source(sources: str, expected: set[int]) -> None:
    picked = context().pick(torch.ones(300, dtype=torch.int64), sources, context().rng("a"))
    assert set(picked.tolist()) == expected
    counts = torch.bincount(picked)[sorted(expected)]
    assert counts.max() < 1.6 * counts.min()


def test_a_pick_of_a_class_without_images_says_so() -> None:
    with pytest.raises(NoImages) as caught:
        context().pick(torch.tensor([0]), "generated", context().rng("a"))
    assert str(caught.value) == "class 0 has no synthetic image to make a batch of; give it a generator or set the slot's sources = 'both'"


def test_sources_of_one_class_share_it() -> None:
    labels = torch.tensor([[1, 2], [2, 1]])
    found = context().sources("mix", labels, context().rng("mix"))
    assert torch.equal(torch.cat([LABELS, BANK])[found], labels[..., None].expand(2, 2, 2))


def test_sources_of_any_class_start_with_the_wanted_one_and_go_on_by_counts() -> None:
    found = context().sources("loose", torch.full((400, 5), 2), context().rng("loose"))
    every = torch.cat([LABELS, BANK])
    assert (every[found[..., 0]] == 2).all()
    frequency = torch.bincount(every[found[..., 1:]].flatten(), minlength=3) / (400 * 5 * 2)
    assert torch.allclose(frequency, torch.bincount(every) / 12, atol=0.03)


def test_sources_honour_the_slot() -> None:
    found = context().sources("banked", torch.full((40,), 1), context().rng("banked"))
    assert found.shape == (40, 1)
    assert (found >= len(LABELS)).all()


def test_another_block_of_a_context_is_as_if_it_were_made_for_it() -> None:
    block, slot = Block(first=5, steps=9), torch.full((9, 2), 2)
    moved, fresh = context().at(block), context(first=5, steps=9)
    assert moved == fresh
    assert torch.equal(moved.passes("originals", torch.arange(7), 3), fresh.passes("originals", torch.arange(7), 3))
    assert torch.equal(moved.sources("loose", slot, moved.rng("loose")), fresh.sources("loose", slot, fresh.rng("loose")))
    assert moved.every_label is moved.at(Block(first=9, steps=1)).every_label


def test_counts_are_those_of_the_sources() -> None:
    assert context().counts("originals").tolist() == [4, 2, 1]
    assert context().counts("generated").tolist() == [0, 3, 2]
    assert context().counts("both").tolist() == [4, 5, 3]
    assert context().class_counts.tolist() == [4, 2, 1]


def test_a_batch_is_shared_among_the_parts_that_there_are_images_for() -> None:
    mix = {"originals": 2.0, "generated": 1.0, "banked": 1.0, "mix": 0.0}
    assert context(mix=mix).parts == {"originals": 4, "generated": 2, "banked": 2}
    assert context(mix=mix, bank_labels=BANK[:0]).parts == {"originals": 8}
    assert context(mix={"banked": 1.0}, bank_labels=BANK[:0]).parts == {"originals": 8}
    assert context(mix={"originals": 1.0, "mix": 100.0}).parts == {"mix": 8}


def test_what_is_available_is_what_a_part_is_made_of() -> None:
    parts = ("originals", "generated", "mix", "banked")
    assert [context().available(part).tolist() for part in parts] == [[4, 2, 1], [0, 3, 2], [4, 5, 3], [0, 3, 2]]
    with pytest.raises(KeyError):
        context().available("mixed")


@pytest.mark.parametrize(
    ("part", "slot", "shape"), [("originals", None, (6, 2, 1)), ("generated", None, (6, 2, 1)), ("loose", "loose", (6, 2, 3))]
)
def test_a_group_shows_the_wanted_classes(part: str, slot: str | None, shape: tuple[int, ...]) -> None:
    labels = torch.tensor([1, 2]).expand(6, 2)
    group = context().group(part, labels, context().rng(part))
    assert (group.slot, group.sources.shape) == (slot, shape)
    assert torch.equal(torch.cat([LABELS, BANK])[group.sources[..., 0]], labels)
    assert part == "loose" or ((group.sources < len(LABELS)) == (part == "originals")).all()


def test_what_is_shown_is_what_is_wanted_and_the_strangers_it_is_mixed_with() -> None:
    half = torch.tensor([0.5, 0.5, 0.0])
    assert context().shown({"originals": half}).tolist() == [0.5, 0.5, 0.0]
    assert context().shown({"originals": 6 * half, "mix": torch.tensor([0, 0, 2])}).tolist() == [0.375, 0.375, 0.25]
    # Two of three sources are any image of 4, 5 and 3.
    mixed = context().shown({"loose": torch.tensor([0, 0, 8])})
    assert mixed.tolist() == pytest.approx([2 / 3 * 4 / 12, 2 / 3 * 5 / 12, 1 / 3 + 2 / 3 * 3 / 12])


def test_partners_are_shown_as_an_augmenter_names_them() -> None:
    # Whatever comes first is mixed with the first original, of class 0, or the fourth, of class 2.
    slots = {"paired": SlotRule(arity=2, weights=(0.6, 0.4), partners=torch.tensor([[0, 3]]).expand(12, 2))}
    assert context(slots=slots).shown({"paired": torch.tensor([0, 8, 0])}).tolist() == pytest.approx([0.2, 0.6, 0.2])


weights = st.dictionaries(st.sampled_from("abcde"), st.floats(0, 10), min_size=1).filter(lambda parts: sum(parts.values()) > 1e-3)


@relaxed
@given(weights, st.integers(0, 200))
def test_shares_add_up_and_are_less_than_one_image_off(parts: dict[str, float], total: int) -> None:
    found = shares(parts, total)
    assert sum(found.values()) == total
    assert list(found) == list(parts)
    whole = sum(parts.values())
    assert all(abs(found[name] - total * parts[name] / whole) < 1 + 1e-6 for name in parts)


def test_the_first_named_wins_a_tie() -> None:
    assert shares({"a": 1, "b": 1, "c": 2}, 2) == {"a": 1, "b": 0, "c": 1}
    assert shares({"b": 1, "a": 1, "c": 2}, 2) == {"b": 1, "a": 0, "c": 1}
