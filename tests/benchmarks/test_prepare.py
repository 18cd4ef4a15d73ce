"""Preparing a data set: a stream through a bounded memory, decoded by every CPU."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from augbench.values.cpus import usable_cpus
from augbench.values.ordered import in_order

TESTS = Path(__file__).parents[1]


def prepared(count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "support.streaming", str(count)]
    told = subprocess.run(command, cwd=TESTS, check=True, capture_output=True, text=True).stdout
    print(f"\n{count:,} images of 64 x 64: {told.strip()}")
    return json.loads(told)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_hardly_grows_with_the_images():
    # 20,000 images hold 246 MB of pixels.
    assert prepared(20_000)["megabytes"] < 120


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_half_a_million_images_take_less_than_a_gigabyte():
    assert prepared(500_000)["megabytes"] < 1000


@pytest.mark.long  # not that it takes long: whatever else runs on these CPUs decides it
@pytest.mark.skipif(usable_cpus() < 2, reason="one CPU")
def test_two_threads_decode_faster_than_one():
    pixels = np.random.default_rng(0).integers(0, 255, (24, 24, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).resize((256, 256)).save(file, "PNG")

    def decode(_: int) -> int:
        return int(np.asarray(Image.open(io.BytesIO(file.getvalue()))).max())

    def seconds(threads: int) -> float:
        started = time.perf_counter()
        assert sum(1 for _ in in_order(decode, 256, threads)) == 256
        return time.perf_counter() - started

    ratios = [seconds(2) / seconds(1) for _ in range(5)]
    print(f"\ntwo threads take {min(ratios):.2f} of the time of one (best of five pairs)")
    assert min(ratios) < 0.8
