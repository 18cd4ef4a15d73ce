"""``bench plugins preview`` draws what components do, and says in one sentence what keeps it from doing so."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest
from PIL import Image

from augbench.engine import looking
from augbench.values.errors import DiskFull
from support import wayward

DOTS = ("--data", "support.toys:Dots", "--images", "1", "--draws", "2")
ROW = """
[report]
control = "plain"
[base]
backbone = "small-resnet"
sampler = "minority-focus"
training.length.steps = 1
batch = { size = 8, mix = { linear = 1 } }
augment.linear = { use = "support.toys:Blend", low = 0.1, pairing = "any", probability = 0.5 }
transforms = ["flips"]
[rows]
plain = {}
[datasets]
dots = { use = "support.toys:Dots", minority = ["c"] }
more = { use = "support.toys:Dots", minority = ["c"], seed = 1 }
"""


@pytest.fixture
def matrix(tmp_path: Path) -> str:
    """Return a matrix file of one row and two data sets."""
    (tmp_path / "m.toml").write_text(ROW)
    return str(tmp_path / "m.toml")


def test_a_picture_is_written_and_named(bench, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = bench("plugins", "preview", "mixup", "flips", *DOTS)
    assert (done.exit_code, done.stdout) == (0, "previews/mixup + flips.png\n")
    with Image.open(tmp_path / "previews" / "mixup + flips.png") as picture:
        assert picture.format == "PNG"


def test_the_same_seed_draws_the_same_file(bench, tmp_path):
    for name, seed in (("a", "0"), ("b", "0"), ("c", "1")):
        bench("plugins", "preview", "support.toys:Blend", *DOTS, "--seed", seed, "--out", str(tmp_path / f"{name}.png"))
    first, again, other = ((tmp_path / f"{name}.png").read_bytes() for name in "abc")
    assert first == again != other


def test_json_tells_sources_and_labels(bench, tmp_path):
    table = '{ use = "support.toys:Blend", low = 0.5 }'
    done = bench("plugins", "preview", table, *DOTS, "--classes", "c, a", "--out", str(tmp_path / "a.png"), "--json")
    told = json.loads(done.stdout)
    (one,) = told["components"]
    (line,) = one["facts"]["lines"]
    assert told["picture"] == str(tmp_path / "a.png")
    assert (one["name"], one["kind"], one["settings"]) == ("support.toys:Blend", "augmenter", "low = 0.5")
    assert [source["class"] for source in line["sources"]] == ["c", "a"]
    assert line["labels"] == [{"c": 0.5, "a": 0.5}] * 2


def test_a_name_of_two_kinds_shows_those_that_can_be_drawn(bench, tmp_path):
    def kinds(name: str) -> list[str]:
        data = '{ use = "support.toys:Dots", train = [9, 9, 9] }'
        done = bench(
            "plugins", "preview", name, "--data", data, "--images", "1", "--draws", "1", "--out", str(tmp_path / "a.png"), "--json"
        )
        return [one["kind"] for one in json.loads(done.stdout)["components"]]

    assert kinds("smote") == ["augmenter"]
    assert kinds("balanced-mixup") == ["augmenter", "sampler"]
    assert kinds("sampler:balanced-mixup") == ["sampler"]


def test_a_file_is_shown_with_all_that_it_registers(bench, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shown_here.py").write_text(
        "import augbench\n\n\n@augbench.hookimpl\ndef register(registry):\n"
        '    registry.augmenter("blend-here", "support.toys:Blend")\n    registry.sampler("supplement-here", "support.toys:Supplement")\n'
    )
    done = bench("plugins", "preview", "./shown_here.py", '{ use = "blend-here", low = 0.0 }', *DOTS, "--json")
    told = json.loads(done.stdout)["components"]
    assert [(one["name"], one["settings"]) for one in told] == [("blend-here", ""), ("supplement-here", ""), ("blend-here", "low = 0")]


def test_a_row_shows_its_slots_as_they_are_set(bench, matrix, tmp_path):
    done = bench("plugins", "preview", "--matrix", matrix, "--row", "plain", "--data", "more", "--out", str(tmp_path / "a.png"), "--json")
    told = json.loads(done.stdout)["components"]
    assert [(one["name"], one["settings"]) for one in told] == [
        ("support.toys:Blend", "low = 0.1"),
        ("flips", ""),
        ("minority-focus", ""),
        ("constant", ""),
    ]
    assert told[2]["facts"]["groups"] == [{"slot": None, "images": 7}, {"slot": "linear", "images": 1}]
    changed = bench(
        "plugins", "preview", "--matrix", matrix, "--row", "plain", "--set", "batch.n=2", "--out", str(tmp_path / "a.png"), "--json"
    )
    assert json.loads(changed.stdout)["components"][2]["facts"]["groups"][1]["images"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name an augmenter, a sampler or a schedule, or a row of a matrix with --matrix FILE --row NAME"),
        (("mixop",), "no component called 'mixop'; did you mean 'mixup'?"),
        (("wgan-gp",), "generator 'wgan-gp' cannot be drawn: pictures show augmenter, sampler and schedule; what a generator draws"),
        (("mixup", "--set", "lo=1"), "augmenter 'mixup' has no parameter 'lo'"),
        (("{ low = 1 }",), "does not say which component it is about; write { use ="),
        (("{ use",), "is no table of TOML"),
        (("mixup", "--classes", "smoth"), "the data set has no class 'smoth'; did you mean 'smooth'?"),
        (("mixup", "--data", "phantum"), "'phantum' is no folder, and no data set"),
        (("mixup", "--pairing", "all"), "'all' is no pairing; write any or same-class"),
        (("mixup", "--out", "a.jpg"), "the picture is a PNG file; write 'a.png'"),
        (("mixup", "--limit", "soon"), "'soon' is no time"),
        (("milestones",), "has no at"),
        (("./none.py",), "no plugin file at"),
        (("no_such_module:Thing",), "No module named 'no_such_module'"),
    ],
)
def test_what_cannot_be_shown_is_told(bench, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    done = bench("plugins", "preview", *arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("mixup", "--set", "low=7"), ["--set:1:5: low must be at most 1, not 7", "  1 | low=7", "    |     ^"]),
        (
            ('{ use = "mixup", low = 7 }',),
            ["NAME:1:24: low must be at most 1, not 7", '  1 | { use = "mixup", low = 7 }', "    |                        ^"],
        ),
        (
            ("mixup", "--data", '{ use = "phantom", size = 0 }'),
            ["DATASET:1:27: size must be at least 8, not 0", '  1 | { use = "phantom", size = 0 }', "    |                           ^"],
        ),
    ],
)
def test_a_mistake_is_shown_in_what_was_typed(bench, arguments, told):
    assert bench("plugins", "preview", *arguments).stderr.splitlines()[:3] == told


def test_a_row_or_data_set_that_is_not_there_is_told(bench, matrix):
    assert "name a row with --row; did you mean 'plain'?" in bench("plugins", "preview", "--matrix", matrix, "--row", "plan").stderr
    assert "name a row with --row; known: plain" in bench("plugins", "preview", "--matrix", matrix).stderr
    done = bench("plugins", "preview", "--matrix", matrix, "--row", "plain", "--data", "dot")
    assert (done.exit_code, "the matrix has no data set 'dot'; did you mean 'dots'?" in done.stderr) == (2, True)


@pytest.mark.parametrize(("how", "message"), [("raises", "fails: ValueError: no such pixel"), ("hangs", "has not ended after 0.1 s")])
def test_a_component_that_fails_leaves_nothing_half_written(bench, tmp_path, how, message):
    picture = tmp_path / "a.png"
    picture.write_text("the last one")
    done = bench("plugins", "preview", "support.wayward:Wayward", "--set", f"how={how}", *DOTS, "--out", str(picture), "--limit", "0.1")
    lines, first = inspect.getsourcelines(getattr(wayward.Wayward, f"_{how}"))
    assert done.exit_code == 2
    assert message in done.stderr
    assert any(f"wayward.py:{first + number})" in done.stderr for number in range(len(lines)))
    assert (picture.read_text(), list(tmp_path.iterdir())) == ("the last one", [picture])


def test_a_full_disk_leaves_nothing_half_written(bench, tmp_path, monkeypatch):
    def full(path: Path, content: bytes) -> None:
        raise DiskFull(path)

    monkeypatch.setattr(looking, "write_bytes", full)
    done = bench("plugins", "preview", "support.toys:Blend", *DOTS, "--out", str(tmp_path / "a.png"))
    assert (done.exit_code, "no space left" in done.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []
