"""Memory is what a call holds at its peak."""

from __future__ import annotations

import os

import torch

from augbench.engine.footprint import footprint, peak

CPU = torch.device("cpu")
MEGABYTE = 2**20


def test_the_peak_is_the_largest_sum_in_the_order_of_time():
    assert peak([(3, 5), (1, 10), (2, -4), (4, -11)]) == 11
    assert peak([]) == 0


def test_a_tensor_that_lives_for_a_moment_counts_and_one_after_it_takes_its_place():
    def one_after_another() -> None:
        for _ in range(5):
            torch.zeros(4 * MEGABYTE, dtype=torch.uint8)

    found = footprint(one_after_another, CPU)
    assert found is not None
    assert 4 * MEGABYTE <= found.bytes < 5 * MEGABYTE


def test_what_was_there_before_does_not_count():
    before = torch.zeros(8 * MEGABYTE, dtype=torch.uint8)
    found = footprint(lambda: before[: 2 * MEGABYTE].clone(), CPU)
    assert found is not None
    assert 2 * MEGABYTE <= found.bytes < 3 * MEGABYTE


def test_code_that_asks_torch_for_nothing_has_no_number():
    assert footprint(lambda: bytearray(MEGABYTE), CPU) is None


def test_a_device_that_tells_nothing_has_no_number():
    assert footprint(lambda: None, torch.device("meta")) is None


def test_nothing_is_written_and_the_error_stream_is_as_it_was(capfd):
    footprint(lambda: torch.zeros(9), CPU)
    os.write(2, b"still here")
    assert capfd.readouterr() == ("", "still here")
