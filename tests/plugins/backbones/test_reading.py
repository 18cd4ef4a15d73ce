"""Files of weights: what training programs write is read, and nothing else of a file is ever run."""

import json
import os
import struct
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from augbench_plugins.backbones._errors import UnreadableCheckpoint
from augbench_plugins.backbones._reading import WRAPPERS, read_tensors

STATE = {"conv.weight": torch.arange(4.0), "fc.bias": torch.ones(2)}


class Touch:
    """A pickle that would leave a folder behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def saved(path: Path, content: object, **how: bool) -> Path:
    torch.save(content, path, **how)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableCheckpoint) as caught:
        read_tensors(path)
    return str(caught.value).removeprefix(f"cannot read the weights '{path}': ")


def test_both_formats_are_read(tmp_path):
    save_file(STATE, tmp_path / "a.safetensors")
    for path in (tmp_path / "a.safetensors", saved(tmp_path / "a.pth", STATE), saved(tmp_path / "b.pt", STATE)):
        found = read_tensors(path)
        assert found.keys() == STATE.keys()
        assert torch.equal(found["conv.weight"], STATE["conv.weight"])


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_weights_are_found_among_what_training_programs_keep(wrapper, tmp_path):
    assert read_tensors(saved(tmp_path / "a.pth", {"epoch": 3, "optimizer": {}, wrapper: STATE})).keys() == STATE.keys()


def test_averaged_weights_go_before_others_and_wrappers_may_nest(tmp_path):
    path = saved(tmp_path / "a.pth", {"model": {"x": torch.zeros(1)}, "ema": {"module": STATE}})
    assert read_tensors(path).keys() == STATE.keys()


def test_timm_s_own_training_checkpoints_are_read(tmp_path):
    from argparse import Namespace

    path = saved(tmp_path / "a.pth", {"state_dict": STATE, "args": Namespace(lr=0.1)})
    assert read_tensors(path).keys() == STATE.keys()


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_pickle_is_refused_and_not_run(zipped, tmp_path):
    path = saved(tmp_path / "a.pth", {"state_dict": STATE, "x": Touch(tmp_path / "ran")}, _use_new_zipfile_serialization=zipped)
    why = refusal(path)
    assert why == (
        f"it holds Python objects such as {os.mkdir.__module__}.mkdir beside tensors, whose code is not run here; "
        "where you trust the file, load it there and save its state_dict alone"
    )
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"epoch": 3}, "its entry 'epoch' is no tensor but int; it has epoch; where you trust"),
        ({"a": torch.zeros(2, device="meta")}, "its entry 'a' is a tensor without numbers; it has a; where you trust"),
        ({}, "it holds no tensors by name; "),
        ([torch.zeros(2)], "it holds no tensors by name; "),
        (torch.zeros(2), "it holds no tensors by name; "),
    ],
)
def test_a_file_without_a_table_of_tensors_says_what_it_holds(content, why, tmp_path):
    assert refusal(saved(tmp_path / "a.pth", content)).startswith(why)


def test_a_table_that_holds_itself_ends(tmp_path):
    content: dict = {}
    content["model"] = content
    assert "its entry 'model' is no tensor" in refusal(saved(tmp_path / "a.pth", content))


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("share", [0, 0.02, 0.5, 0.99])
def test_a_truncated_file_is_no_whole_one(suffix, share, tmp_path):
    whole, path = tmp_path / f"whole{suffix}", tmp_path / f"part{suffix}"
    save_file(STATE, whole) if suffix == ".safetensors" else torch.save(STATE, whole)
    path.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    assert refusal(path).endswith("; fetch or save it again")


def header(content: object, body: bytes = b"") -> bytes:
    text = json.dumps(content).encode()
    return struct.pack("<Q", len(text)) + text + body


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", 90_000_000) + b"{}",
        header({"a": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 8]}}, bytes(8)),
        header({"a": {"dtype": "F32", "shape": [2**31], "data_offsets": [0, 2**33]}}, bytes(8)),
        header({"a": {"dtype": "Q7", "shape": [2], "data_offsets": [0, 8]}}, bytes(8)),
        header([1, 2]),
    ],
)
def test_a_header_that_promises_too_much_is_refused(content, tmp_path):
    (tmp_path / "a.safetensors").write_bytes(content)
    why = refusal(tmp_path / "a.safetensors")
    assert why.startswith("SafetensorError: ")
    assert len(why) < 300


@pytest.mark.parametrize("content", [b"version https://git-lfs.github.com/spec/v1\n", b"hello", b"", b"\x80", b"K"])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    (tmp_path / "a.pth").write_bytes(content)
    assert refusal(tmp_path / "a.pth") == "it is broken, or no file of torch; fetch or save it again"


def test_a_small_file_does_not_fill_the_memory(tmp_path):
    saved(tmp_path / "stored.pth", {"a": torch.zeros(1_000_000)})
    with zipfile.ZipFile(tmp_path / "stored.pth") as stored, zipfile.ZipFile(tmp_path / "a.pth", "w", zipfile.ZIP_DEFLATED) as packed:
        for name in stored.namelist():
            packed.writestr(name, stored.read(name))
    assert refusal(tmp_path / "a.pth").startswith("ValueError: it would unpack to 4000")
