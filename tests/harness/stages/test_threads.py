"""A stage has as many threads as its numerics say, in whatever library; afterwards all is as it was."""

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from augbench.stages.run import _pinned
from augbench.values.settings import Numerics


def threads() -> set[int]:
    np.ones((8, 8)) @ np.ones((8, 8))
    return {torch.get_num_threads(), *(library["num_threads"] for library in threadpool_info())}


@pytest.mark.parametrize("count", [1, 2])
def test_every_library_has_the_threads_that_were_asked_for(count):
    before = threads()
    with _pinned(Numerics(threads=count)):
        assert threads() == {count}
    assert threads() == before


def test_matrix_products_of_numpy_are_among_them():
    assert any(library["user_api"] == "blas" for library in threadpool_info())
