"""Archives from strangers: whatever they hold, it lands in the folder or not at all."""

import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from augbench import DataError, UnreadableData
from augbench_datasets._archives import Limits, unpack
from augbench_datasets._errors import UnsafeArchive
from augbench_datasets._members import Member

Content = dict[str, bytes]


def zipped(content: Content) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(content: Content, mode: str = "w", **extra: tarfile.TarInfo) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, data in content.items():
            archive.addfile(header(name, size=len(data)), io.BytesIO(data))
        for info in extra.values():
            archive.addfile(info)
    return file.getvalue()


def header(name: str, **values: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for key, value in values.items():
        setattr(info, key, value)
    return info


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def opened(root: Path, data: bytes, **options: object) -> dict[str, bytes]:
    (root / "archive").write_bytes(data)
    unpack(root / "archive", root / "deep" / "target", **options)
    return tree(root / "deep" / "target")


def refusal(root: Path, data: bytes, **options: object) -> str:
    with pytest.raises(DataError) as caught:
        opened(root, data, **options)
    assert outside(root) == {}
    return str(caught.value).replace(str(root), "")


def outside(root: Path) -> dict[str, bytes]:
    """Return what an archive left anywhere but in its target."""
    allowed = {"archive", "deep/.target.lock"}
    return {name: data for name, data in tree(root).items() if name not in allowed and not name.startswith("deep/target/")}


@pytest.mark.parametrize("pack", [zipped, tarred, *(lambda content, k=k: tarred(content, f"w:{k}") for k in ("gz", "bz2", "xz"))])
def test_every_format_gives_back_what_was_packed(tmp_path, pack):
    content = {"a/1.jpg": b"one", "a/b/2.jpg": b"two" * 100_000, "empty": b"", "Ünï/x": b"\x00"}
    assert opened(tmp_path, pack(content)) == content
    assert outside(tmp_path) == {}


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    assert opened(tmp_path, zipped({"a": b"1"})) == opened(tmp_path, b"no archive at all") == {"a": b"1"}


def test_archives_within_are_unpacked_where_they_lie_if_asked(tmp_path):
    inner = zipped({"G1/1.jpg": b"1", "deeper.tar": tarred({"S/2.jpg": b"2"})})
    data = zipped({"all/CellCycle.zip": inner, "all/readme": b"r"})
    assert opened(tmp_path, data, nested=("*.zip", "*.tar")) == {"all/readme": b"r", "all/G1/1.jpg": b"1", "all/S/2.jpg": b"2"}
    (tmp_path / "other").mkdir()
    assert set(opened(tmp_path / "other", data)) == {"all/readme", "all/CellCycle.zip"}


def test_folders_may_be_named_twice_and_start_with_a_dot(tmp_path):
    folders = {
        "one": header("./", type=tarfile.DIRTYPE),
        "two": header("./a", type=tarfile.DIRTYPE),
        "three": header("a", type=tarfile.DIRTYPE),
    }
    assert opened(tmp_path, tarred({"./a/1": b"1"}, **folders)) == {"a/1": b"1"}


def test_progress_ends_at_the_end(tmp_path):
    told = []
    opened(tmp_path, zipped({"a": os.urandom(999), "b": b"2"}), progress=lambda done, total: told.append((done, total)))
    assert [total for _, total in told] == [(tmp_path / "archive").stat().st_size] * 2
    assert 0 < told[0][0] <= told[1][0] <= told[1][1]


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "C:x", "a/C:/x", "..", "//x"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_leave_the_folder_are_refused(tmp_path, name, pack):
    message = refusal(tmp_path, pack({"good": b"1", name: b"2"}))
    assert message == (
        f"'/archive' was not unpacked: its member {name!r} leaves the folder; "
        "fetch it again, or unpack it yourself if you trust where it is from"
    )


@pytest.mark.parametrize("name", ["..\\x", "a\\b", "a\nb", "a\x1bb"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_mean_other_things_elsewhere_are_refused(tmp_path, name, pack):
    assert "has a name that is no plain path" in refusal(tmp_path, pack({name: b"2"}))


def test_names_longer_than_disks_bear_are_refused(tmp_path):
    assert "has too long a name" in refusal(tmp_path, tarred({"x" * 256: b""}))
    assert "has too long a name" in refusal(tmp_path, zipped({"x/" * 600 + "y": b""}))
    within = {"x/" * 300 + "a.zip": zipped({"x/" * 300 + "y": b""})}
    assert "has too long a name" in refusal(tmp_path, zipped(within), nested=("*.zip",))


def test_a_member_without_a_name_is_refused(tmp_path):
    data = zipped({"x": b""})
    place = data.index(b"PK\x01\x02")
    nameless = data[:place] + data[place : place + 28] + bytes(2) + data[place + 30 : place + 46] + data[place + 47 :]
    end = nameless.index(b"PK\x05\x06")
    nameless = nameless[: end + 12] + (end - place).to_bytes(4, "little") + nameless[end + 16 :]
    assert "its member '' has no name" in refusal(tmp_path, nameless)


@pytest.mark.parametrize("names", [("a", "A"), ("a/x", "A/y"), ("a", "a/b"), ("a/b", "a"), ("é", "e\u0301"), ("ß", "ss"), ("a", "./a")])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_clash_are_refused(tmp_path, names, pack):
    assert f"takes the place of '{names[0].split('/')[0]}" in refusal(tmp_path, pack(dict.fromkeys(names, b"")))


def test_an_archive_within_cannot_write_over_its_neighbours(tmp_path):
    data = zipped({"a.zip": zipped({"b/x": b"evil"}), "b/x": b"good"})
    assert "takes the place of 'b/x'" in refusal(tmp_path, data, nested=("*.zip",))
    assert "leaves the folder" in refusal(tmp_path, zipped({"d/a.zip": zipped({"../x": b""})}), nested=("*.zip",))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_zips_are_refused(tmp_path, kind):
    info = zipfile.ZipInfo("link")
    info.external_attr = (kind | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, "/etc/passwd")
        archive.writestr("link/x", "1")
    assert ("'link' is a link;" if kind == stat.S_IFLNK else "'link' is no ordinary file;") in refusal(tmp_path, file.getvalue())


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_tars_are_refused(tmp_path, kind):
    message = refusal(tmp_path, tarred({"a": b"1"}, odd=header("odd", type=kind, linkname="a")))
    assert ("is a link" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else "is no ordinary file") in message


@pytest.mark.parametrize("pack", [zipped, lambda content: tarred(content, "w:gz")])
def test_bombs_are_refused_by_what_they_say(tmp_path, pack):
    message = refusal(tmp_path, pack({"zeros": bytes(2_000_000)}), limits=Limits(harmless=1_000_000))
    assert "'zeros' unpacks to more than the 1,000,000 bytes that are harmless for an archive of its size" in message


def test_bombs_are_refused_by_what_they_hold_altogether(tmp_path):
    content = {str(number): bytes(400_000) for number in range(4)}
    assert "'2' unpacks to more" in refusal(tmp_path, zipped(content), limits=Limits(harmless=1_000_000))
    inner = zipped({"zeros": bytes(900_000)})
    nest = zipped({f"{number}.zip": inner for number in range(2)} | {"x": bytes(300_000)})
    assert "unpacks to more" in refusal(tmp_path, nest, limits=Limits(harmless=1_000_000), nested=("*.zip",))
    assert "unpacks to more than the 9 bytes" in refusal(tmp_path, zipped({"x": bytes(10)}), limits=Limits(bytes=9))


def test_pictures_that_hardly_shrink_may_be_any_number(tmp_path):
    assert len(opened(tmp_path, zipped({"x": os.urandom(5000)}), limits=Limits(harmless=1, ratio=2))) == 1


def test_a_member_is_refused_by_its_length_before_it_is_read(tmp_path):
    data = bytearray(zipped({"zeros": b"1"}))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (2**31).to_bytes(4, "little")
    assert "'zeros' unpacks to more than the 67,108,864 bytes" in refusal(tmp_path, bytes(data))


def test_a_member_is_stopped_while_it_is_read(tmp_path, monkeypatch):
    def long(path: Path) -> Iterator[Member]:
        yield Member(name="long", folder=False, length=1, refused=None, chunks=repeat(bytes(1000), 9), reached=0)

    monkeypatch.setattr("augbench_datasets._archives.members", long)
    assert "'long' unpacks to more than the 5,000 bytes" in refusal(tmp_path, b"", limits=Limits(harmless=5000))


def test_a_member_longer_than_it_says_is_a_broken_one(tmp_path):
    data = bytearray(zipped({"zeros": bytes(2_000_000)}))
    # The length in both headers; the checksum fails at the latest.
    for place in (22, data.index(b"PK\x01\x02") + 24):
        data[place : place + 4] = (10).to_bytes(4, "little")
    assert "the archive is truncated or broken (Bad CRC-32" in refusal(tmp_path, bytes(data))


def test_too_many_members_are_refused(tmp_path):
    message = refusal(tmp_path, zipped({str(number): b"" for number in range(6)}), limits=Limits(members=5))
    assert "its member '5' is one more than the 5 that are harmless" in message


def test_endless_headers_are_refused_before_they_fill_the_memory(tmp_path):
    data = tarred({"x": b"1", "n" * 200_000: b"2"}, "w:gz")
    assert "its headers, or what follows its end, are too long" in refusal(tmp_path, data)


def test_endless_zeros_behind_the_end_are_refused(tmp_path):
    data = gzip.compress(tarred({"x": b"1"}) + bytes(3_000_000))
    assert "what follows its end, are too long" in refusal(tmp_path, data)


def test_the_checksum_at_the_end_is_looked_at(tmp_path):
    data = bytearray(tarred({"x": os.urandom(5000)}, "w:gz"))
    data[-8] ^= 1
    assert "CRC check failed" in refusal(tmp_path, bytes(data))


def test_encrypted_members_are_refused(tmp_path):
    data = bytearray(zipped({"secret": b"1"}))
    for place in (6, data.index(b"PK\x01\x02") + 8):
        data[place] |= 1
    assert "its member 'secret' is encrypted" in refusal(tmp_path, bytes(data))


def test_unusual_compression_is_refused(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x", "1")
    assert "its member 'x' is compressed in an unusual way (method 14)" in refusal(tmp_path, file.getvalue())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("pack", [zipped, tarred, *(lambda content, k=k: tarred(content, f"w:{k}") for k in ("gz", "bz2", "xz"))])
def test_truncated_archives_are_one_clear_message(tmp_path, pack, share):
    # An uncompressed tar ends in two blocks of zeros and a filler, which nobody misses.
    data = (
        pack({str(number): os.urandom(30_000) for number in range(3)}).rstrip(b"\0") if pack is tarred else pack({"x": os.urandom(90_000)})
    )
    message = refusal(tmp_path, data[: int(share * len(data))])
    assert message.startswith("cannot read '/archive': the archive is truncated or broken (")
    assert message.endswith("); fetch it again")


def test_a_truncated_archive_within_is_named(tmp_path):
    data = zipped({"CellCycle.zip": zipped({"G1/1.jpg": os.urandom(5000)})[:3000]})
    with pytest.raises(UnreadableData, match=r"CellCycle\.zip': the archive is truncated or broken"):
        opened(tmp_path, data, nested=("*.zip",))
    assert outside(tmp_path) == {}


def test_a_broken_header_is_not_taken_for_the_end(tmp_path):
    data = bytearray(tarred({"a": b"1", "b": b"2"}))
    data[1024 + 148] ^= 1
    assert "truncated or broken" in refusal(tmp_path, bytes(data))


@pytest.mark.parametrize("data", [b"", b"<html>Not found</html>", b"PK", bytes(2000)])
def test_what_is_no_archive_is_said_so(tmp_path, data):
    assert refusal(tmp_path, data) == "cannot read '/archive': it is neither a zip nor a tar archive; fetch it again"


def test_what_a_kill_left_is_removed_and_made_anew(tmp_path):
    left = tmp_path / "deep" / ".target.part"
    left.mkdir(parents=True)
    (left / "half").write_text("half")
    assert opened(tmp_path, zipped({"a": b"1"})) == {"a": b"1"}
    assert not left.exists()


def test_a_disk_that_fills_up_leaves_nothing(tmp_path, monkeypatch):
    def full(path: Path, *arguments: object, **options: object) -> io.BufferedWriter:
        raise OSError(28, "No space left on device", str(path))

    (tmp_path / "archive").write_bytes(zipped({"a": b"1"}))
    original = Path.open
    monkeypatch.setattr(Path, "open", lambda path, mode="r", *rest, **more: (full if mode == "xb" else original)(path, mode, *rest, **more))
    with pytest.raises(OSError, match="No space left"):
        unpack(tmp_path / "archive", tmp_path / "deep" / "target")
    assert outside(tmp_path) == {}
    assert not (tmp_path / "deep" / "target").exists()


pieces = st.sampled_from(["..", ".", "a", "A", "b.zip", "", "C:", "\\", "é", "\x00", "link"])
names = st.lists(pieces, min_size=1, max_size=4).map("/".join)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(names, st.sampled_from([0, stat.S_IFLNK, stat.S_IFDIR])), max_size=4), st.booleans(), st.data())
def test_nothing_is_ever_written_outside(tmp_path_factory, members, as_zip, data):
    root = tmp_path_factory.mktemp("fuzz")
    packed = bytearray(_packed(members, as_zip))
    for place in data.draw(st.lists(st.integers(0, len(packed) - 1), max_size=3)):
        packed[place] = data.draw(st.integers(0, 255))
    try:
        found = opened(root, bytes(packed), nested=("*.zip",))
    except DataError:
        found = {}
    assert set(outside(root)) == set()
    assert not [path for path in root.rglob("*") if path.is_symlink()]
    assert all(".." not in name for name in found)


def _packed(members: list[tuple[str, int]], as_zip: bool) -> bytes:
    file = io.BytesIO()
    if as_zip:
        with zipfile.ZipFile(file, "w") as archive:
            for name, kind in members:
                info = zipfile.ZipInfo(name or "x")
                info.external_attr = kind << 16
                archive.writestr(info, zipped({"../x": b"1"}) if "zip" in name else "../x")
    else:
        kinds = {0: tarfile.REGTYPE, stat.S_IFLNK: tarfile.SYMTYPE, stat.S_IFDIR: tarfile.DIRTYPE}
        with tarfile.open(fileobj=file, mode="w") as archive:
            for name, kind in members:
                archive.addfile(header(name.replace("\x00", "0"), type=kinds[kind], linkname=".."))
    return file.getvalue()


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_real_unpacking_keeps_no_modes_of_the_archive(tmp_path, pack):
    opened(tmp_path, pack({"a": b"1"}))
    assert not os.stat(tmp_path / "deep/target/a").st_mode & (stat.S_ISUID | stat.S_IXUSR)


def test_unsafe_archives_are_data_errors():
    assert issubclass(UnsafeArchive, DataError)
