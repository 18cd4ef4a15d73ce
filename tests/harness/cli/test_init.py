"""``bench init`` writes one file, and no other is ever touched."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from augbench_datasets.phantom import Phantom


@pytest.fixture
def cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of two classes, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUGBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path / "data"))
    for split, counts in {"train": {"a": 9, "b": 2}, "test": {"a": 2, "b": 2}}.items():
        for name, count in counts.items():
            folder = tmp_path / "cells" / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                Image.fromarray(np.full((8, 8, 3), 20 * number, np.uint8)).save(folder / f"{number}.png")
    return Path("cells")


def test_the_file_is_named_and_the_next_commands_are_told(bench, cells):
    done = bench("init", str(cells))
    assert (done.exit_code, done.stdout) == (0, "ablation.toml\n")
    assert done.stderr.endswith("Next:\n  bench plan\n  bench run\n")
    other = bench("init", str(cells), "--out", "other file.toml")
    assert other.stderr.endswith("  bench plan --matrix 'other file.toml'\n  bench run --matrix 'other file.toml'\n")
    assert bench("plan", "--matrix", "other file.toml").exit_code == 0


def test_a_file_is_never_overwritten_unless_asked(bench, cells):
    Path("ablation.toml").write_text("mine")
    refused = bench("init", str(cells))
    assert refused.exit_code == 2
    assert (
        "'ablation.toml' is there already, and is left as it is; choose another with --out FILE, or replace it with --force"
        in refused.stderr
    )
    assert Path("ablation.toml").read_text() == "mine"
    assert bench("init", str(cells), "--force").exit_code == 0
    assert Path("ablation.toml").read_text() != "mine"


def test_a_file_that_the_system_refuses_is_called_by_its_own_name(bench, cells):
    refused = bench("init", str(cells), "--out", f"{'x' * 250}.toml")
    assert (refused.exit_code, refused.stderr.splitlines()[-1]) == (2, f"cannot use '{'x' * 250}.toml': File name too long")
    assert [path.name for path in Path.cwd().iterdir() if path.is_file()] == []


def test_a_preset_is_copied_as_it_is(bench, cells):
    listed = json.loads(bench("init", "--list", "--json").stdout)
    assert bench("init", "--preset", listed[0]["name"]).exit_code == 0
    assert Path("ablation.toml").read_text() == Path(listed[0]["path"]).read_text()
    assert listed[0]["name"] in bench("init", "--list").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a folder of images, as in 'bench init my-cells'"),
        (("cells", "--preset", "augbench:x"), "name a folder or a preset, not both"),
        (("nowhere",), "no folder at "),
        (("cells/train/a",), "no pictures in"),
        (("cells", "--out", "cells"), "'cells' is a folder; name a file, such as --out cells/ablation.toml"),
        (("--preset", "augbench:nothing"), "augbench:nothing"),
    ],
)
def test_what_cannot_be_written_leaves_nothing(bench, cells, arguments, message):
    before = sorted(Path().rglob("*"))
    done = bench("init", *arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert [path for path in sorted(Path().rglob("*")) if path not in before and "data" not in path.parts] == []


@pytest.mark.slow
def test_what_is_proposed_for_phantom_images_runs(tmp_path, bench):
    splits = Phantom(train=(16, 5, 5, 5, 5, 5, 3), test=(2,) * 7, validation=(2,) * 7).load()
    for name, split in {"train": splits.train, "val": splits.validation, "test": splits.test}.items():
        for place, label in enumerate(split.labels):
            folder = tmp_path / "cells" / name / splits.classes[label]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(split.images[place]).save(folder / f"{place}.png")
    where = ("--matrix", str(tmp_path / "m.toml"), "--store", str(tmp_path / "store"))
    assert bench("init", str(tmp_path / "cells"), "--out", str(tmp_path / "m.toml")).exit_code == 0
    plan = json.loads(bench("plan", *where, "--out", str(tmp_path / "run"), "--json").stdout)
    assert {trial["status"] for trial in plan["trials"]} == {"to run"}
    rows = [option for row in ("plain", "synthetic") for option in ("--only", row)]
    ran = bench("run", "--smoke", *where, *rows, "--set", "axes.seed=[0]", "--out", str(tmp_path / "run"), "--engine", "inline")
    assert ran.exit_code == 0, ran.stderr


def test_a_schema_beside_it_is_named_first(bench, cells):
    assert bench("schema", "--write").exit_code == 0
    assert bench("init", str(cells)).exit_code == 0
    assert Path("ablation.toml").read_text().startswith("#:schema ./augbench.schema.json\n\n# ")
    assert bench("init", str(cells), "--out", "elsewhere/ablation.toml").exit_code == 0
    assert "#:schema" not in Path("elsewhere/ablation.toml").read_text()
