"""Random streams."""

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from augbench import Streams

names = st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers(0, 3) | st.sampled_from(["0", "x", ""]))
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(names, st.randoms())
def test_the_order_of_an_identity_changes_no_number(identity: dict[str, object], chance: object) -> None:
    items = list(identity.items())
    chance.shuffle(items)
    assert Streams.of(**dict(items)).seed("train") == Streams.of(**identity).seed("train")


@relaxed
@given(names, names)
def test_other_identities_have_other_seeds(first: dict[str, object], second: dict[str, object]) -> None:
    assert (Streams.of(**first).seed("train") == Streams.of(**second).seed("train")) == (first == second)
    assert 0 <= Streams.of(**first).seed("train") < 2**63


def test_asking_for_one_stream_leaves_the_others_alone() -> None:
    streams = Streams.of(seed=0)
    alone = torch.rand(4, generator=streams.rng("b", step=0))
    torch.rand(100, generator=streams.rng("a", step=0))
    assert torch.equal(torch.rand(4, generator=streams.rng("b", step=0)), alone)
    assert streams.seed("b", step=0) != streams.seed("b", step=1) != streams.seed("a", step=1)


def test_a_known_identity_keeps_its_seed() -> None:
    # Stored results are found again by these numbers: a change here changes every result.
    assert Streams.of(seed=0, data="abc", fold=None).seed("train/sample.originals", epoch=3) == 1058807223205251381
