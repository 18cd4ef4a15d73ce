"""The presets that come with augbench load, plan on files in their real layout, and run."""

import io
import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from platformdirs import user_cache_path

from augbench.config import presets
from augbench.engine.request import Request
from augbench.engine.session import open_session
from augbench.matrix import load_matrix
from augbench.registry.discovery import discover
from augbench_plugins.backbones._timm_names import timm_names
from support.runs import Watcher

NAMES = ("bloodmnist", "cifar10-lt", "rana-2022/cell-cycle", "rana-2022/rbc", "rana-2022/table-1")
PHASES = ("G1", "S", "G2", "Prophase", "Metaphase", "Telophase", "Anaphase")
SHAPES = ("SmoothDisc", "CrenatedDisc", "CrenatedDiscoid", "CrenatedSpheroid", "CrenatedSphere", "SmoothSphere", "Side")
RED = ("Training_Test2_Canada_Swiss/Training_Canada_Swiss", "Training_Test2_Canada_Swiss/Test2_Canada_Swiss", "Test3_HoldOut_Canada_Swiss")
OFFLINE = ("backbone.pretrained=false", "quality.features=random-conv")


@pytest.fixture(scope="module")
def registry():
    return discover()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Give a cache folder of its own, in which only timm's names are known: listing them anew takes seconds."""
    timm_names()
    folder = tmp_path / "cache" / "augbench"
    folder.mkdir(parents=True)
    for known in user_cache_path("augbench").glob("timm-*.json"):
        shutil.copy(known, folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Write a few grey squares in the layout of both of the paper's downloads."""
    folder = tmp_path_factory.mktemp("data")
    for label in PHASES:
        for cell in range(7):
            for channel in (3, 4, 6):
                _write(folder / "jurkat" / "CellCycle" / label / f"{100 * PHASES.index(label) + cell}_Ch{channel}.ome.jpg", 66, 30 * cell)
    for split in RED:
        for number, label in enumerate(SHAPES):
            for cell in range(2):
                for channel, grey in ((1, 180), (9, 190), (12, 8)):
                    place = folder / "red" / split / "Canadian" / "A" / "Level_1" / label
                    _write(place / f"{split[0]}{len(split)}{number}{cell}_Ch{channel}.ome.tif", 50, grey + cell)
    return folder


def _write(path, size, grey):
    path.parent.mkdir(parents=True, exist_ok=True)
    file = io.BytesIO()
    Image.fromarray(np.full((size, size), grey, dtype=np.uint8)).save(file, "JPEG" if path.suffix == ".jpg" else "TIFF")
    path.write_bytes(file.getvalue())


def request(name, data, tmp_path, **more):
    sets = [*OFFLINE] if name.startswith("rana") else []
    if name != "rana-2022/rbc" and name.startswith("rana"):
        sets += [f"datasets.cell-cycle.path={data}/jurkat", "datasets.cell-cycle.counts=any"]
    if name in ("rana-2022/rbc", "rana-2022/table-1"):
        sets += [f"datasets.rbc.path={data}/red"]
    sets += {"cifar10-lt": ["datasets.cifar10-lt.of=phantom"], "bloodmnist": ["datasets.bloodmnist.use=phantom"]}.get(name, [])
    where = {"out": tmp_path / "run", "store": tmp_path / "store", "device": "cpu", "engine": "inline"}
    return Request(matrix=Path(f"augbench:{name}"), sets=tuple(sets), **where, **more)


def written(name):
    return tomllib.loads(presets.text(f"augbench:{name}"))


def test_these_are_all():
    ours = [preset for preset in presets.listed() if preset.distribution == "augbench"]
    assert [preset.name for preset in ours] == [f"augbench:{name}" for name in NAMES]
    for preset in ours:
        assert preset.title
        assert preset.summary
        assert preset.needs


@pytest.mark.parametrize("name", NAMES)
def test_each_loads_and_trains_as_many_trials_as_it_says(name, registry, monkeypatch, tmp_path):
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path))
    (preset,) = (preset for preset in presets.listed() if preset.name == f"augbench:{name}")
    matrix = load_matrix(Path(preset.name), registry)
    assert len(matrix.trials()) == preset.trials
    assert matrix.title == preset.title
    assert matrix.notes == ()


@pytest.mark.parametrize("name", NAMES[2:])
@pytest.mark.usefixtures("cache")
def test_those_of_the_paper_plan_on_files_in_their_real_layout(name, data, tmp_path):
    planned = open_session(request(name, data, tmp_path)).plan
    assert {trial.status for trial in planned.trials} == {"to run"}
    fits = {"rana-2022/cell-cycle": 4 * 4 * 3, "rana-2022/rbc": 4 * 5 * 3, "rana-2022/table-1": 2 * 4 * 3 + 5 * 3}
    assert sum(stage.kind == "fit-generator" for stage in planned.stages) == fits[name]


@pytest.mark.usefixtures("cache")
@pytest.mark.slow
def test_one_runs(data, tmp_path):
    opened = open_session(request("cifar10-lt", data, tmp_path, smoke=True, report=False, trials=("cifar10-lt/plain/s0",)))
    assert opened.run(Watcher()).done == 1


@pytest.mark.slow
@pytest.mark.usefixtures("cache")
def test_rows_in_the_style_of_others_run_with_small_networks(data, tmp_path):
    asked = request(
        "rana-2022/table-1", data, tmp_path, smoke=True, report=False, trials=("cell-cycle/jin-style/s0/f0", "rbc/doan-style/s0")
    )
    small = ("quality.features=random-conv", "quality.checks=0", "backbone=small-resnet", "generator.width=4")
    opened = open_session(replace(asked, sets=(*(text for text in asked.sets if text not in OFFLINE), *small)))
    assert opened.run(Watcher()).done == 2


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("cache")
def test_every_row_runs_as_it_is(name, data, tmp_path):
    asked = request(name, data, tmp_path, smoke=True)
    opened = open_session(replace(asked, sets=(*asked.sets, "axes.seed=[0]"), engine="local"))
    outcome = opened.run(Watcher())
    assert (outcome.failed, outcome.skipped, outcome.pending) == (0, 0, 0)


def test_both_data_sets_of_the_paper_share_its_method():
    cells, red = written("rana-2022/cell-cycle"), written("rana-2022/rbc")
    for section in ("report", "axes", "base", "defaults", "rows"):
        first, second = ({key: value for key, value in one[section].items() if key != "published"} for one in (cells, red))
        assert first == second, section


@pytest.mark.parametrize(("name", "elsewhere"), [("rana-2022/cell-cycle", ()), ("rana-2022/rbc", (16, 18, 20))])
def test_every_ambiguity_of_table_2_is_a_comment(name, elsewhere):
    told = {int(number) for number in re.findall(r"^# \((\d+)\)", presets.text(f"augbench:{name}"), re.MULTILINE)}
    # Bilinear mixup (14) is no row of the table.
    assert told == set(range(1, 32)) - {14, *elsewhere}
