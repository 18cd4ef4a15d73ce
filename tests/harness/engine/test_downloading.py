"""A file comes whole or not at all: resumed, asked for again, and checked before it has its name."""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
import sys
import threading
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest
from requests import Response

from augbench import Download
from augbench.engine.downloading import Patience, demand_room, download_file, look
from augbench.engine.partial import origin
from augbench.values.errors import UnusableFile
from augbench.values.fetch_errors import OtherContent, OtherFile, PlainHttp, TooLittleSpace, Unreachable
from support.serving import Page, Server, serving

CONTENT = bytes(range(256)) * 40
SHA = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
QUICK = Patience(attempts=3, pause=0.001, timeout=5.0)


class Told:
    """Notes what a watcher is told."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.moves: list[tuple[int, int | None]] = []
        self.sentences: list[str] = []

    def began(self, what: str, unit: str = "bytes") -> None:
        self.begun.append(what)

    def moved(self, done: int, total: int | None) -> None:
        self.moves.append((done, total))

    def said(self, text: str) -> None:
        self.sentences.append(text)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "*")
    with serving() as server:
        server.pages["cells.zip"] = Page(CONTENT)
        yield server


@pytest.fixture
def download(server: Server, tmp_path: Path) -> Download:
    return Download(url=server.url("cells.zip"), to=tmp_path / "data" / "cells.zip", checksum=SHA, bytes=len(CONTENT))


def unchecked(download: Download) -> Download:
    return Download(url=download.url, to=download.to)


def halve(download: Download, server: Server, at: int = 4000) -> None:
    """Leave a half file, as one that was interrupted."""
    server.pages["cells.zip"].breaks = [at]
    with pytest.raises(Unreachable):
        download_file(download, Told(), Patience(attempts=1, pause=0.0), insecure=True)
    assert Path(f"{download.to}.part").stat().st_size == at


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_file_comes_and_nothing_else_stays(download: Download):
    told = Told()
    assert download_file(download, told, QUICK) == "fetched"
    assert download.to.read_bytes() == CONTENT
    assert names(download.to.parent) == ["cells.zip"]
    assert told.begun == ["cells.zip"]
    assert told.moves[-1] == (len(CONTENT), len(CONTENT))


def test_what_is_there_is_not_fetched_again(download: Download, server: Server):
    for _ in range(2):
        download_file(download, Told(), QUICK)
    assert download_file(download, Told(), QUICK, force=True) == "there"
    assert len(server.asked) == 1


def test_a_checksum_in_capitals_or_of_another_method_will_do(download: Download):
    for checksum in (SHA.upper(), f"md5:{hashlib.md5(CONTENT).hexdigest()}"):
        other = Download(url=download.url, to=download.to, checksum=checksum)
        download_file(other, Told(), QUICK)
        assert look(other).state == "sound"


def test_a_file_that_is_not_as_published_is_named_and_fetched_again_only_by_force(download: Download):
    download.to.parent.mkdir()
    download.to.write_bytes(b"old")
    with pytest.raises(OtherFile) as caught:
        download_file(download, Told(), QUICK)
    found = hashlib.sha256(b"old").hexdigest()
    assert str(caught.value) == (
        f"'{download.to}' is not the file that was published: expected {SHA}, found sha256:{found}; fetch it again with --force"
    )
    assert download.to.read_bytes() == b"old"
    assert download_file(download, Told(), QUICK, force=True) == "fetched"
    assert download.to.read_bytes() == CONTENT


def test_a_connection_that_breaks_is_taken_up_where_it_broke(download: Download, server: Server):
    server.pages["cells.zip"].breaks = [1000, 2000, 3000]
    told = Told()
    download_file(download, told, QUICK)
    assert download.to.read_bytes() == CONTENT
    assert [request.get("Range") for request in server.asked] == [None, "bytes=1000-", "bytes=3000-", "bytes=6000-"]
    assert all(request.get("If-Range") == '"one"' for request in server.asked[1:])
    assert told.sentences[0].startswith("cells.zip: the connection broke off")
    assert told.sentences[0].endswith("trying again in 0.001 s")


def test_a_half_file_of_another_process_is_gone_on_with(download: Download, server: Server):
    halve(download, server)
    download_file(download, Told(), QUICK)
    assert server.asked[-1]["Range"] == "bytes=4000-"
    assert download.to.read_bytes() == CONTENT
    assert names(download.to.parent) == ["cells.zip"]


def test_a_server_without_ranges_starts_anew(download: Download, server: Server):
    server.pages["cells.zip"].ranges = False
    halve(download, server)
    download_file(download, Told(), QUICK)
    assert download.to.read_bytes() == CONTENT


@pytest.mark.parametrize("heeds", [True, False])
@pytest.mark.parametrize("checked", [True, False])
def test_a_file_that_has_changed_is_not_glued_to_its_old_half(download: Download, server: Server, heeds: bool, checked: bool):
    server.pages["cells.zip"] = Page(b"x" * len(CONTENT))
    wanted = download if checked else unchecked(download)
    halve(wanted, server)
    server.pages["cells.zip"] = Page(CONTENT, etag='"two"', heeds_if_range=heeds)
    download_file(wanted, Told(), QUICK, insecure=True)
    assert download.to.read_bytes() == CONTENT


def test_a_half_file_that_nothing_vouches_for_is_made_anew_once_its_checksum_is_wrong(download: Download, server: Server):
    server.pages["cells.zip"] = Page(b"x" * len(CONTENT), etag=None)
    halve(download, server)
    server.pages["cells.zip"] = Page(CONTENT, etag=None)
    download_file(download, Told(), QUICK)
    assert [request.get("Range") for request in server.asked] == [None, "bytes=4000-", None]
    assert download.to.read_bytes() == CONTENT


def test_without_checksum_or_validator_a_half_file_is_worth_nothing(download: Download, server: Server):
    server.pages["cells.zip"].etag = None
    halve(unchecked(download), server)
    download_file(unchecked(download), Told(), QUICK, insecure=True)
    assert "Range" not in server.asked[-1]


def test_the_date_of_change_vouches_where_there_is_only_a_weak_tag(download: Download, server: Server):
    date = "Thu, 01 Oct 2020 10:00:00 GMT"
    server.pages["cells.zip"].etag, server.pages["cells.zip"].modified = 'W/"one"', date
    halve(download, server)
    download_file(download, Told(), QUICK)
    assert server.asked[-1]["If-Range"] == date


def test_a_half_file_larger_than_the_file_is_dropped(download: Download, server: Server):
    halve(download, server)
    server.pages["cells.zip"].etag = '"one"'
    Path(f"{download.to}.part").write_bytes(CONTENT + b"more")
    download_file(download, Told(), QUICK)
    assert download.to.read_bytes() == CONTENT


def test_a_whole_part_needs_no_further_request(download: Download, server: Server):
    halve(download, server)
    Path(f"{download.to}.part").write_bytes(CONTENT)
    download_file(download, Told(), QUICK)
    assert len(server.asked) == 1


def test_a_server_in_trouble_is_asked_again(download: Download, server: Server):
    server.pages["cells.zip"].statuses = [503, 202]
    told = Told()
    download_file(download, told, QUICK)
    assert [sentence.split("; ")[0] for sentence in told.sentences] == [
        "cells.zip: the server answers 503 Service Unavailable",
        "cells.zip: the server answers 202 Accepted",
    ]


def test_pauses_grow_until_patience_ends(download: Download, server: Server):
    server.pages["cells.zip"].statuses = [503] * 9
    told = Told()
    with pytest.raises(Unreachable, match=r"503 Service Unavailable \(4 times in a row\)"):
        download_file(download, told, Patience(attempts=4, pause=0.001))
    assert [sentence.rpartition(" in ")[2] for sentence in told.sentences] == ["0.001 s", "0.002 s", "0.004 s"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "the server has no such file (404): it may have moved"),
        (403, "the server does not give it to everybody (403): it may want a login, or a browser"),
        (204, "the server answers 204 No Content, and no file"),
    ],
)
def test_a_refusal_is_final_and_says_where_a_file_fetched_by_hand_belongs(download: Download, server: Server, status: int, words: str):
    server.pages["cells.zip"].statuses = [status]
    with pytest.raises(Unreachable) as caught:
        download_file(download, Told(), QUICK)
    assert str(caught.value) == (
        f"cannot fetch '{download.url}': {words}; fetch it by hand, here or elsewhere, and put it at '{download.to}' ({SHA}, 10.2 kB)"
    )
    assert len(server.asked) == 1


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"https://127.0.0.1:{closed_port()}/cells.zip", "its server refuses the connection"),
        ("https://no-such-host.invalid/cells.zip", "its server is not found: this machine is offline, or needs a proxy (HTTPS_PROXY)"),
        ("gopher://example.org/cells.zip", "it is no address that starts with http:// or https://"),
        ("cells.zip", "it is no address that starts with http:// or https://"),
    ],
)
def test_a_server_that_cannot_be_reached_is_told_at_once(tmp_path: Path, url: str, words: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "*")
    told = Told()
    with pytest.raises(Unreachable) as caught:
        download_file(Download(url=url, to=tmp_path / "cells.zip"), told, Patience(timeout=5.0))
    assert (
        str(caught.value) == f"cannot fetch '{url}': {words}; fetch it by hand, here or elsewhere, and put it at '{tmp_path / 'cells.zip'}'"
    )
    assert told.sentences == []


def test_a_server_that_speaks_no_tls_is_told(server: Server, tmp_path: Path):
    url = server.url("cells.zip").replace("http:", "https:")
    with pytest.raises(Unreachable, match="no secure connection comes about"):
        download_file(Download(url=url, to=tmp_path / "cells.zip"), Told(), QUICK)


def test_a_silent_server_is_waited_for_only_so_long(download: Download, server: Server):
    server.pages["cells.zip"].pause = 0.3
    with pytest.raises(Unreachable, match=r"the server is silent for 0\.05 s"):
        download_file(download, Told(), Patience(attempts=2, pause=0.001, timeout=0.05))


def test_wrong_bytes_get_no_name_and_are_not_kept(download: Download, server: Server):
    server.pages["cells.zip"].content = b"x" * len(CONTENT)
    with pytest.raises(OtherContent) as caught:
        download_file(download, Told(), QUICK)
    came = hashlib.sha256(b"x" * len(CONTENT)).hexdigest()
    assert f"expected {SHA}, got sha256:{came}; nothing of it was kept" in str(caught.value)
    assert names(download.to.parent) == []


def test_a_size_is_compared_where_there_is_no_checksum(download: Download):
    sized = Download(url=download.url, to=download.to, bytes=5)
    with pytest.raises(OtherContent, match="expected 5 bytes, got 10,240 bytes"):
        download_file(sized, Told(), QUICK, insecure=True)
    assert names(download.to.parent) == []


def test_a_login_page_is_no_data_set(download: Download, server: Server):
    server.pages["cells.zip"] = Page(b"<html>log in</html>", kind="text/html; charset=utf-8")
    with pytest.raises(Unreachable, match="a web page comes instead of the file"):
        download_file(unchecked(download), Told(), QUICK, insecure=True)


def test_plain_http_without_a_checksum_is_refused_unless_told(download: Download, server: Server):
    with pytest.raises(
        PlainHttp, match="nobody has published its checksum: it may be changed on the way; fetch it all the same with --insecure"
    ):
        download_file(unchecked(download), Told(), QUICK)
    assert server.asked == []
    assert download_file(unchecked(download), Told(), QUICK, insecure=True) == "fetched"
    assert look(unchecked(download)).state == "unchecked"


@pytest.mark.parametrize(
    ("hops", "came"), [(["https://a/1", "http://b/2"], "http://b/2"), (["https://a/1"], "https://c/3"), ([], "https://c/3")]
)
def test_a_way_is_as_safe_as_its_worst_step(hops: list[str], came: str):
    response = Response()
    response.url, response.history = "https://c/3", [Response() for _ in hops]
    for hop, url in zip(response.history, hops, strict=True):
        hop.url = url
    assert origin(response) == came


def test_redirects_are_followed(download: Download, server: Server):
    server.pages["latest.zip"] = Page(b"", location="/cells.zip")
    download_file(Download(url=server.url("latest.zip"), to=download.to, checksum=SHA), Told(), QUICK)
    assert download.to.read_bytes() == CONTENT


def test_a_circle_of_redirects_is_told(download: Download, server: Server):
    server.pages["cells.zip"].location = "/cells.zip"
    with pytest.raises(Unreachable, match="sends one in circles"):
        download_file(download, Told(), QUICK)


def test_a_server_that_tells_no_length_is_checked_all_the_same(download: Download, server: Server):
    server.pages["cells.zip"].told_length = False
    told = Told()
    download_file(download, told, QUICK)
    assert told.moves[-1] == (len(CONTENT), None)


def test_a_file_that_cannot_fit_is_not_begun(download: Download, server: Server, monkeypatch: pytest.MonkeyPatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(9000, 0, 9000))
    with pytest.raises(TooLittleSpace, match=r"has 9 kB free, and 10.2 kB are to be fetched; free some space"):
        demand_room([download])
    with pytest.raises(TooLittleSpace):
        download_file(download, Told(), QUICK)
    assert not download.to.exists()


def test_a_file_that_does_not_end_is_ended(download: Download, server: Server):
    server.pages["cells.zip"] = Page(CONTENT * 100, told_length=False)
    with pytest.raises(OtherContent, match=r"expected 10,240 bytes, got [0-9,]+ bytes and more; nothing of it was kept"):
        download_file(download, Told(), QUICK)
    assert names(download.to.parent) == []


@pytest.mark.parametrize("total", ["10240", "*"])
@pytest.mark.parametrize("rest", [CONTENT[4000:] + b"more", CONTENT[4000:6000]])
def test_a_rest_that_is_not_as_long_as_announced_is_no_rest(download: Download, server: Server, total: str, rest: bytes):
    halve(unchecked(download), server)
    server.pages["cells.zip"].rest = (f"bytes 4000-10239/{total}", rest)
    with pytest.raises(Unreachable):
        download_file(unchecked(download), Told(), Patience(attempts=1), insecure=True)


@pytest.mark.parametrize("odd", ["\xb2", "9" * 5000, "-5", "1, 2"])
def test_numbers_of_servers_that_are_none(download: Download, server: Server, odd: str):
    server.pages["cells.zip"] = Page(CONTENT, statuses=[503], headers={"Retry-After": odd})
    assert download_file(download, Told(), QUICK) == "fetched"
    halve(Download(url=download.url, to=download.to.with_name("other.zip")), server)
    server.pages["cells.zip"].rest = (f"bytes 4000-10239/{odd}", CONTENT[4000:])
    with pytest.raises(Unreachable):
        download_file(Download(url=download.url, to=download.to.with_name("other.zip")), Told(), Patience(attempts=1), insecure=True)


@pytest.mark.parametrize("location", ["http://[::1", "http://\xff/", "file:///etc/passwd", "http://127.0.0.1:abc/"])
def test_a_redirect_to_nowhere_is_told(download: Download, server: Server, location: str):
    server.pages["cells.zip"].location = location
    with pytest.raises(Unreachable):
        download_file(download, Told(), QUICK)


def test_a_folder_in_the_place_of_the_file_is_one_message(download: Download):
    download.to.mkdir(parents=True)
    with pytest.raises(UnusableFile, match="it is a folder, where a file belongs"):
        download_file(download, Told(), QUICK)


def test_two_who_fetch_one_file_fetch_it_once(download: Download, server: Server):
    server.pages["cells.zip"].pause = 0.1
    told = [Told(), Told()]
    outcomes: list[str] = []
    threads = [threading.Thread(target=lambda one=one: outcomes.append(download_file(download, one, QUICK))) for one in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["fetched", "there"]
    assert len(server.asked) == 1
    assert "cells.zip: another process is fetching it; waiting" in told[0].sentences + told[1].sentences


def test_a_killed_fetch_is_gone_on_with(download: Download, server: Server):
    """The half file of a process that is gone, and its lock, are in nobody's way."""
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom augbench import Download\n"
        "from augbench.engine.downloading import Patience, download_file\n"
        "class Dies:\n    def began(self, what, unit='bytes'): ...\n    def said(self, text): ...\n"
        "    def moved(self, done, total):\n        done and os._exit(9)\n"
        "download_file(Download(url=sys.argv[1], to=Path(sys.argv[2]), checksum=sys.argv[3]), Dies(), Patience())\n"
    )
    server.pages["cells.zip"].content = CONTENT * 100
    checksum = f"sha256:{hashlib.sha256(CONTENT * 100).hexdigest()}"
    died = subprocess.run([sys.executable, "-c", code, download.url, str(download.to), checksum], check=False)
    assert died.returncode == 9
    download_file(Download(url=download.url, to=download.to, checksum=checksum), Told(), QUICK)
    assert "Range" in server.asked[-1]


@pytest.mark.slow
def test_a_server_that_says_when_to_come_back_is_taken_at_its_word(download: Download, server: Server):
    server.pages["cells.zip"].statuses, server.pages["cells.zip"].headers = [429], {"Retry-After": "1"}
    told = Told()
    assert download_file(download, told, QUICK) == "fetched"
    assert told.sentences == ["cells.zip: the server answers 429 Too Many Requests; trying again in 1 s"]
