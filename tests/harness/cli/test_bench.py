"""``bench plugins bench`` measures components beside others, for a person and for scripts."""

from __future__ import annotations

import json

import pytest

from augbench.engine.rounds import Ratio, Spread

TINY = ("--size", "8", "--batch", "4", "--seconds", "0.01")
BLEND = "support.toys:Blend"


def test_json_has_what_was_measured(bench):
    done = bench("plugins", "bench", BLEND, "--against", "support.toys:BlendNext", *TINY, "--device", "cpu", "--json")
    reference, named = json.loads(done.stdout)
    assert [(row["name"], row["named"]) for row in (reference, named)] == [("support.toys:BlendNext", False), (BLEND, True)]
    assert [rate["part"] for rate in named["rates"]] == ["draw", "apply", "together"]
    assert all(rate["per_second"]["low"] <= rate["per_second"]["median"] <= rate["per_second"]["high"] for rate in named["rates"])
    assert (named["shape"], named["batch"], named["device"], named["threads"]) == ([3, 8, 8], 4, "cpu", 1)
    assert (named["ratio"]["to"], "ratio" in reference) == ("support.toys:BlendNext", False)
    assert named["memory"]["bytes"] >= 4 * 3 * 8 * 8 * 4
    assert "CPU time" in named["time"]


def test_a_person_sees_a_bar_each_the_fastest_first(bench):
    done = bench("plugins", "bench", BLEND, "--against", "support.toys:BlendNext", *TINY, "--device", "cpu")
    assert done.stdout.startswith("augmenter of 2 images: on cpu, 1 thread, batches of 4 images of 3 x 8 x 8\n")
    rows = [line for line in done.stdout.splitlines() if "toys" in line and "times" not in line]
    bars = [row.count("█") for row in rows]
    assert len(rows) == 2
    assert bars[0] == 24 >= bars[1] >= 1
    assert "Medians of" in done.stderr
    assert "ratios with 95% intervals" in done.stderr
    assert "Memory: what torch's allocator holds at the peak of one call" in done.stderr


def test_what_was_not_measured_is_not_printed(bench):
    done = bench("plugins", "bench", "support.toys:Flat", "--against", "", *TINY, "--device", "cpu")
    assert "memory" not in done.stdout
    assert "times" not in done.stdout
    assert "ratios" not in done.stderr
    assert "Memory" not in done.stderr


def test_augmenters_of_other_arity_are_no_peers(bench):
    done = bench("plugins", "bench", BLEND, "support.toys:Shift", "--against", "support.toys:BlendNext,support.toys:Shift", *TINY, "--json")
    rows = json.loads(done.stdout)
    assert [row["name"] for row in rows] == ["support.toys:BlendNext", BLEND, "support.toys:Shift"]


def test_built_in_ones_of_the_kind_are_the_others(bench):
    rows = json.loads(bench("plugins", "bench", "constant", *TINY, "--json").stdout)
    assert [row["name"] for row in rows] == ["constant", "step", "cosine"]
    assert [row["named"] for row in rows] == [True, False, False]


def test_built_in_ones_that_do_not_suit_are_left_out_with_the_reason(bench):
    done = bench("plugins", "bench", BLEND, "--channels", "1", "--size", "8", "--batch", "2", "--seconds", "0.001")
    assert done.exit_code == 0
    assert "left out: augmenter 'nonlinear-mixup': nonlinear-mixup rotates colours and these images have 1 channel" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mixop",), "no component called 'mixop'; did you mean 'mixup'?"),
        (("macro-f1",), "metric 'macro-f1' cannot be timed by itself: what can is augmenter, sampler, loss, "),
        ((BLEND, "--against", "mixop"), "no component called 'mixop'"),
        ((BLEND, "--seconds", "0"), "'0' is no time"),
        ((BLEND, "--device", "gpu"), "'gpu' is no device"),
        ((BLEND, "--threads", "0"), "range"),
        (("nonlinear-mixup", "--channels", "2", "--against", ""), "have 2 channels, not 3 or more; choose another --size or --channels"),
        (
            ("support.wayward:Wayward", "--set", "how=raises", "--against", ""),
            "augmenter 'support.wayward:Wayward' fails: ValueError: no such",
        ),
        (("support.wayward:Wayward", "--set", "how=hangs", "--against", "", "--limit", "0.1"), "has not ended after 0.1 s"),
    ],
)
def test_what_cannot_be_measured_is_told(bench, arguments, message):
    done = bench("plugins", "bench", *arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert done.stdout == ""


def test_numbers_are_written_as_wide_as_they_are_sure():
    from augbench.cli.bench import _rate, _ratio

    assert _rate(Spread(median=12345.6, low=12000, high=12500, rounds=9)) == "12,346 ± 2%"
    assert _rate(Spread(median=0.0123, low=0.0123, high=0.0123, rounds=1)) == "0.0123"
    assert _ratio(Ratio(median=0.5, interval=(0.25, 1.0))) == "0.50 [0.25, 1.00]"
    assert _ratio(Ratio(median=0.5, interval=None)) == "0.50"
