"""``bench datasets verify`` finds what is not as published, all of it, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

USE = "support.fetched:Dots"
CONTENT = bytes(range(100, 140))
SHA = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


@pytest.fixture
def verify(bench: Callable[..., Result], tmp_path: Path) -> Callable[..., Result]:
    """Return a function that verifies dots on this machine."""
    (tmp_path / "dots.bin").write_bytes(CONTENT)
    (tmp_path / "dots.raw").write_bytes(CONTENT)
    sets = ("url=https://example.org/dots.bin", f"path={tmp_path}", f"checksum={SHA}")
    return lambda *options: bench("datasets", "verify", USE, *(f"--set={one}" for one in sets), *options)


def test_what_is_as_published_passes(verify):
    done = verify("--pixels")
    assert (done.exit_code, done.stderr) == (0, f"{USE}: 2 classes, 10 images, 10 decoded: nothing is wrong\n")
    assert all(word in done.stdout for word in ("dots.bin", SHA, "as published"))


def test_another_file_is_named_with_both_checksums(verify, tmp_path: Path):
    (tmp_path / "dots.bin").write_bytes(b"other")
    done = verify()
    assert done.exit_code == 2
    assert "another file" in done.stdout
    assert f"expected {SHA}, found sha256:{hashlib.sha256(b'other').hexdigest()}" in done.stdout


def test_counts_that_differ_from_the_card_are_named(verify, tmp_path: Path):
    (tmp_path / "dots.raw").write_bytes(CONTENT + b"more")
    done = verify()
    assert done.exit_code == 2
    assert f"{USE}: class 'dark' has 5 train images, and 4 are published\n" in done.stdout
    assert done.stderr == f"{USE}: 2 classes, 11 images: 1 problem\n"


def test_every_broken_image_is_named_at_once(verify, tmp_path: Path):
    broken = bytearray(CONTENT)
    broken[0] = broken[10] = broken[39] = 7
    (tmp_path / "dots.raw").write_bytes(broken)
    assert verify().exit_code == 0
    done = verify("--pixels", "--json")
    assert done.exit_code == 2
    (found,) = json.loads(done.stdout)
    assert found["problems"] == [f"cannot read the image 'dots {n}': it is a seven; mend or remove the file" for n in (0, 2, 3)]
    assert (found["decoded"], found["files"][0]["state"]) == (10, "sound")


def test_what_is_not_here_is_one_problem(verify, tmp_path: Path):
    (tmp_path / "dots.bin").unlink()
    (tmp_path / "dots.raw").unlink()
    (found,) = json.loads(verify("--pixels", "--json").stdout)
    assert found["files"][0]["state"] == "missing"
    assert found["problems"] == [
        f"'{tmp_path / 'dots.raw'}' is not there; get it with 'bench datasets fetch dots', or say where its files lie: path = \"FOLDER\""
    ]


def test_archives_need_not_be_kept(verify, tmp_path: Path):
    (tmp_path / "dots.bin").unlink()
    done = verify()
    assert (done.exit_code, "not here" in done.stdout) == (0, True)


def test_a_matrix_s_data_sets_are_all_looked_at(bench, tmp_path: Path):
    (tmp_path / "m.toml").write_text(
        '[report]\ncontrol = "plain"\n[datasets]\na.use = "phantom"\nb = { use = "phantom", seed = 1 }\n'
        '[base]\nbackbone = "small-resnet"\ntraining.length = { steps = 1 }\n[rows]\nplain = {}\n'
    )
    found = json.loads(bench("datasets", "verify", "--matrix", str(tmp_path / "m.toml"), "--json").stdout)
    assert [(one["name"], one["problems"]) for one in found] == [("a", []), ("b", [])]
