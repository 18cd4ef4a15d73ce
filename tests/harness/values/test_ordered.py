"""Several threads do many things, and nobody can tell from the order."""

import threading

import pytest

from augbench.values.ordered import in_order


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 1000])
def test_results_come_in_their_order(count, threads):
    assert list(in_order(lambda i: i * i, count, threads)) == [i * i for i in range(count)]


def test_several_threads_work_at_once():
    # Each half of the work waits for the other: one thread alone would never come to an end.
    both = threading.Barrier(2, timeout=10)
    assert list(in_order(lambda i: both.wait() and 0 if i in (0, 64) else 0, 128, 2)) == [0] * 128


def test_the_first_error_in_order_is_raised():
    later = threading.Event()

    def produce(index):
        if index == 70:
            later.set()
            raise ValueError("the later")
        if index == 5:
            later.wait(10)
            raise ValueError("the earlier")
        return index

    with pytest.raises(ValueError, match="the earlier"):
        list(in_order(produce, 200, 2))


def test_only_a_little_is_made_ahead_of_the_reader():
    made = []
    results = in_order(lambda i: made.append(i) or i, 100_000, 2)
    next(results)
    results.close()
    assert len(made) <= 5 * 64


def test_of_large_results_fewer_are_made_ahead():
    made = []
    results = in_order(lambda i: made.append(i) or i, 1000, 2, size=2**26)
    next(results)
    results.close()
    assert len(made) <= 5
    assert list(in_order(lambda i: i, 100, 2, size=2**40)) == list(range(100))
