"""Looking at many pictures: each once, in order, and again only where something has changed."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from augbench import UnreadableImage
from augbench_datasets import _headers, _seen
from augbench_datasets._headers import headers

NAMES = [f"{number:03d}.png" for number in range(40)]


@pytest.fixture
def root(tmp_path) -> Path:
    for number, name in enumerate(NAMES):
        Image.fromarray(np.full((4, 5), number, dtype=np.uint8)).save(tmp_path / name)
    return tmp_path


@pytest.fixture
def home(tmp_path_factory, monkeypatch) -> Path:
    """Give the user another cache folder, in which files of a moment ago count as settled."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    monkeypatch.setattr(_seen, "_SETTLED", -60_000_000_000)
    return folder / "augbench/pictures"


@pytest.fixture
def inspected(monkeypatch) -> list[str]:
    """List the pictures that are read, in several pieces of work."""
    monkeypatch.setattr("augbench.values.ordered._CHUNK", 8)
    names: list[str] = []
    read: Callable = _headers.inspect

    def watched(path, name, pages):
        names.append(name)
        return read(path, name, pages)

    monkeypatch.setattr(_headers, "inspect", watched)
    return names


def test_what_is_found_comes_in_the_order_of_the_names(root, home):
    for names in (NAMES, NAMES[::-1]):
        found = headers(root, names)
        assert len({header.sha256 for header in found}) == len(NAMES)
        assert [header.sha256 for header in found] == [headers(root, [name])[0].sha256 for name in names]


def test_a_second_look_reads_nothing_and_finds_the_same(root, home, inspected):
    first = headers(root, NAMES)
    assert sorted(inspected) == NAMES
    inspected.clear()
    assert headers(root, NAMES) == first
    assert inspected == []


def test_only_what_has_changed_is_read_again(root, home, inspected):
    first = headers(root, NAMES)
    inspected.clear()
    before = (root / NAMES[7]).stat()
    Image.fromarray(np.full((4, 5), 200, dtype=np.uint8)).save(root / NAMES[7])
    os.utime(root / NAMES[7], ns=(before.st_atime_ns, before.st_mtime_ns))
    second = headers(root, NAMES)
    assert inspected == [NAMES[7]], "size and time of change can be forged, the time of the entry cannot"
    assert [number for number in range(40) if first[number] != second[number]] == [7]


def test_files_of_a_moment_ago_are_read_again(root, home, inspected, monkeypatch):
    monkeypatch.setattr(_seen, "_SETTLED", 2_000_000_000)
    headers(root, NAMES)
    headers(root, NAMES)
    assert len(inspected) == 2 * len(NAMES)
    assert not home.exists()


def test_pages_as_channels_have_a_memory_of_their_own(root, home, inspected):
    headers(root, NAMES)
    headers(root, NAMES, "channels")
    assert len(inspected) == 2 * len(NAMES)


def test_one_folder_s_manifests_share_a_memory_and_files_that_are_gone_leave_it(root, home, inspected):
    headers(root, NAMES[:25])
    headers(root, NAMES[15:])
    assert sorted(inspected) == NAMES
    (memory,) = home.iterdir()
    full = memory.stat().st_size
    for name in NAMES[:25]:
        (root / name).unlink()
    Image.fromarray(np.zeros((4, 5), dtype=np.uint8)).save(root / NAMES[39])
    headers(root, NAMES[25:])
    assert memory.stat().st_size < full * 0.6


@pytest.mark.parametrize("harm", [b"", b"x", None])
def test_a_broken_memory_is_forgotten(root, home, inspected, harm):
    first = headers(root, NAMES)
    (memory,) = home.iterdir()
    content = memory.read_bytes()
    memory.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if harm is None else harm)
    inspected.clear()
    assert headers(root, NAMES) == first
    assert len(inspected) == len(NAMES)


def test_a_memory_that_cannot_be_kept_costs_nothing_but_time(root, home):
    home.parent.mkdir(parents=True)
    home.write_text("no folder")
    assert len(headers(root, NAMES)) == len(NAMES)
    assert home.read_text() == "no folder"


def test_the_first_broken_picture_is_named_and_the_others_are_remembered(root, home, inspected):
    for name in (NAMES[35], NAMES[20]):
        (root / name).write_text("no picture")
    with pytest.raises(UnreadableImage, match=r"020\.png"):
        headers(root, NAMES)
    inspected.clear()
    with pytest.raises(UnreadableImage, match=r"020\.png"):
        headers(root, NAMES)
    assert NAMES[0] not in inspected
    assert NAMES[20] in inspected


def test_a_name_that_is_no_utf_8_is_remembered_like_any_other(root, home, inspected):
    (root / NAMES[0]).rename(root / "\udcff.png")
    first = headers(root, ["\udcff.png"])
    assert headers(root, ["\udcff.png"]) == first
    assert inspected == ["\udcff.png"]


def test_nothing_is_written_beside_the_images(root, home):
    before = sorted(os.listdir(root))
    headers(root, NAMES)
    assert sorted(os.listdir(root)) == before
