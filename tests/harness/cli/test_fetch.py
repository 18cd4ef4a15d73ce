"""``bench datasets fetch`` ends with a data set that can be used, or says in a sentence why not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from support.serving import Page, Server, serving

USE = "support.fetched:Dots"
CONTENT = bytes(range(100, 140))
SHA = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
MATRIX = """
[report]
control = "plain"
[datasets.dots]
use = "support.fetched:Dots"
url = "{url}"
path = "{path}"
checksum = "{sha}"
[datasets.drawn]
use = "phantom"
[datasets.gone]
use = "support.fetched:Dots"
url = "{url}.gone"
path = "{path}/gone"
checksum = "{sha}"
[base]
backbone = "small-resnet"
training.length = {{ steps = 1 }}
[rows]
plain = {{}}
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "*")
    with serving() as server:
        server.pages["dots.bin"] = Page(CONTENT)
        yield server


@pytest.fixture
def fetch(bench: Callable[..., Result], server: Server, tmp_path: Path) -> Callable[..., Result]:
    """Return a function that fetches the dots."""
    sets = (f"url={server.url('dots.bin')}", f"path={tmp_path / 'dots'}", f"checksum={SHA}")
    return lambda *options: bench("datasets", "fetch", USE, *(f"--set={one}" for one in sets), *options)


def test_it_says_where_the_data_set_lies_and_what_a_matrix_says_of_it(fetch, server: Server, tmp_path: Path):
    done = fetch()
    assert (done.exit_code, done.stderr) == (0, f"dots.bin: fetching\ndots.bin: fetched, 40 B, {SHA}\n")
    assert done.stdout == (
        f"{USE}: 10 images in 2 classes (train 6, test 4) in {tmp_path / 'dots'}\n\n"
        f'[datasets.support-fetched-Dots]\nuse = "{USE}"\n'
        f'url = "{server.url("dots.bin")}"\npath = "{tmp_path / "dots"}"\nchecksum = "{SHA}"\n'
    )
    assert (tmp_path / "dots" / "dots.raw").read_bytes() == CONTENT


def test_again_it_fetches_nothing(fetch, server: Server):
    fetch()
    again = fetch("--json")
    assert (again.exit_code, again.stderr, len(server.asked)) == (0, "", 1)
    (found,) = json.loads(again.stdout)
    assert (found["outcome"], found["fetched"], found["counts"]) == ("there", [], {"train": [4, 2], "test": [2, 2]})


def test_what_was_unpacked_alone_will_do(fetch, server: Server, tmp_path: Path):
    (tmp_path / "dots").mkdir()
    (tmp_path / "dots" / "dots.raw").write_bytes(CONTENT)
    assert fetch().exit_code == 0
    assert server.asked == []


def test_json_names_what_was_fetched(fetch, server: Server, tmp_path: Path):
    (found,) = json.loads(fetch("--json").stdout)
    assert found["fetched"] == [{"url": server.url("dots.bin"), "to": str(tmp_path / "dots" / "dots.bin"), "checksum": SHA, "bytes": None}]
    assert (found["name"], found["outcome"], found["folder"], found["error"]) == (USE, "fetched", str(tmp_path / "dots"), None)


def test_a_file_of_the_user_s_is_replaced_only_by_force(fetch, tmp_path: Path):
    (tmp_path / "dots").mkdir()
    (tmp_path / "dots" / "dots.bin").write_bytes(b"mine")
    refused = fetch()
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "is not the file that was published" in refused.stderr
    assert "fetch it again with --force" in refused.stderr
    assert fetch("--force").exit_code == 0


def test_success_means_usable(fetch, server: Server):
    server.pages["dots.bin"].content = CONTENT[:-1]
    short = hashlib.sha256(CONTENT[:-1]).hexdigest()
    done = fetch(f"--set=checksum=sha256:{short}")
    assert done.exit_code == 2
    assert "it ends within an image; fetch it again" in done.stderr


def test_plain_http_wants_to_be_confirmed(bench, server: Server, tmp_path: Path):
    arguments = ("datasets", "fetch", USE, f"--set=url={server.url('dots.bin')}", f"--set=path={tmp_path}")
    refused = bench(*arguments)
    assert (refused.exit_code, server.asked) == (2, [])
    assert "--insecure" in refused.stderr
    allowed = bench(*arguments, "--insecure")
    assert allowed.exit_code == 0
    assert f"{SHA} (nobody has published a checksum)" in allowed.stderr


def test_a_server_without_the_file_is_one_sentence(fetch, server: Server, tmp_path: Path):
    del server.pages["dots.bin"]
    done = fetch()
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        f"cannot fetch '{server.url('dots.bin')}': the server has no such file (404): it may have moved; "
        f"fetch it by hand, here or elsewhere, and put it at '{tmp_path / 'dots' / 'dots.bin'}' ({SHA})"
    )


def test_a_data_set_without_files_has_nothing_to_fetch(bench):
    done = bench("datasets", "fetch", "phantom")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "phantom: nothing to fetch\n", "")
    assert json.loads(bench("datasets", "fetch", "phantom", "--json").stdout)[0]["outcome"] == "nothing to fetch"


def test_of_a_matrix_what_can_be_had_is_fetched(bench, server: Server, tmp_path: Path):
    (tmp_path / "m.toml").write_text(MATRIX.format(url=server.url("dots.bin"), path=tmp_path / "dots", sha=SHA))
    done = bench("datasets", "fetch", "--matrix", str(tmp_path / "m.toml"))
    assert done.exit_code == 1
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == ["dots", "drawn"]
    assert "dots.bin.gone" in done.stderr.splitlines()[-1]
    one = bench("datasets", "fetch", "dots", "--matrix", str(tmp_path / "m.toml"))
    assert (one.exit_code, one.stdout.count("\n")) == (0, 1)


def test_an_unknown_data_set_is_a_usage_error(bench):
    done = bench("datasets", "fetch", "phantum")
    assert done.exit_code == 2
    assert "did you mean 'phantom'" in done.stderr
