"""An export holds what a reader needs, says what is missing, and is a run again where it is unpacked."""

import csv
import json
import shutil
import zipfile

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image

from augbench.engine import exporting
from augbench.engine.asking import asked_again
from augbench.engine.exporting import export
from augbench.engine.rendering import write_reports
from augbench.store.merging import merge
from augbench.store.run_folder import RunFolder
from augbench.store.standing import standing
from augbench.values.errors import MissingFile
from augbench.values.run_errors import BrokenRun, SmokeRun, TakenFolder
from support import toys
from support.runs import MATRIX, run

CLASSES = ("a", "../b", "C/c")
TEXT = MATRIX.replace('minority = ["c"]', 'minority = ["../b", "C/c"]').replace("seed = [0, 1]", 'seed = [0]\n"batch.n" = [1, 2]')
TEXT = TEXT.replace('control = "ours"', 'control = "ours[batch.n=1]"')
TEXT = TEXT.replace("quality.features = false", 'quality = { features = "support.toys:Means", images = 6, checks = 0 }')


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A run of rows with brackets, on classes with slashes."""
    folder = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(toys.Dots, "_classes", lambda self: CLASSES)
        (folder / "matrices").mkdir()
        (folder / "matrices" / "base.toml").write_text(TEXT)
        run(folder, 'extends = "matrices/base.toml"\n', only=("ours", "plain"))
        run(folder, 'extends = "matrices/base.toml"\n', out="folds", sets=("datasets.dots.folds=2",), only=("plain",))
        yield folder


@pytest.fixture(scope="module")
def exported(here, tmp_path_factory):
    target = tmp_path_factory.mktemp("export") / "out"
    return export(here / "run", target)


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_banks_are_written_as_pictures_under_names_that_files_can_have(exported, here):
    below = exported.path / "banks" / "dots" / "ours[batch.n=1]" / "s0"
    assert {path.name for path in below.iterdir()} == {"%2E.%2Fb", "C%2Fc"}
    pictures = [np.asarray(Image.open(path)) for path in sorted((below / "C%2Fc").iterdir())]
    stored = {json.loads((path / "manifest.json").read_text())["label"]: path for path in (here / "store" / "synthesise").iterdir()}
    bank = next(path for label, path in stored.items() if "of C/c from" in label)
    assert np.array_equal(np.stack(pictures), np.moveaxis(np.load(bank / "images.npy"), 1, 3))
    assert (exported.banks, exported.missing) == (2, ())


def test_what_was_declared_and_what_leaks_travels_along(exported, here):
    ours, theirs = (RunFolder(path=path).results() for path in (here / "run", exported.path / "run"))
    assert len(ours.analysis) == 1
    assert ours.columns[0].audit
    assert (theirs.analysis, theirs.columns) == (ours.analysis, ours.columns)


def test_a_bank_that_several_rows_read_is_there_once(exported):
    with (exported.path / "banks.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [(line["class"], line["count"], line["rows"]) for line in lines] == [
        (name, "6", "ours[batch.n=1] ours[batch.n=2]") for name in ("../b", "C/c")
    ]


def test_weights_and_scores_are_there_for_every_trial(exported, here):
    with (exported.path / "trials.csv").open() as file:
        lines = list(csv.DictReader(file))
    scores = {
        record["trial"]: record["metrics"] for record in RunFolder(path=here / "run").journal.read()[0] if record.get("type") == "trial"
    }
    assert len(lines) == exported.weights == 4
    for line in lines:
        assert float(line["macro-f1"]) == scores[line["trial"]]["macro-f1"]
        weights = safetensors.numpy.load_file(exported.path / line["weights"])
        assert set(weights) == {"network.2.weight", "network.2.bias"}


def test_the_matrix_finds_what_it_extends(exported, here):
    assert (exported.path / "matrix" / "dots.toml").read_text() == 'extends = "matrices/base.toml"\n'
    assert (exported.path / "matrix" / "matrices" / "base.toml").read_text() == TEXT


def test_what_is_unpacked_is_a_run_again(exported, here):
    folder = RunFolder(path=exported.path / "run")
    assert standing(folder).trials == {"done": 4}
    before, after = RunFolder(path=here / "run").results(), folder.results()
    assert [trial.test.probabilities.tolist() for trial in after.trials] == [trial.test.probabilities.tolist() for trial in before.trials]
    assert len(after.generators) == 2
    assert all(one.sheet.is_file() for one in after.generators.values())
    assert write_reports(folder.path, ("json",))
    assert asked_again(folder).snapshot.files[1].text == 'extends = "matrices/base.toml"\n'


def test_the_guide_says_what_is_what(exported):
    text = (exported.path / "README.txt").read_text()
    assert "A run of augbench, of 4 rows on 1 data set: 4 of 4 trials done." in text
    assert "bench reproduce run 'dots/ours[batch.n=1]/s0'" in text
    assert "    licence: not known\n    classes: a, ../b, C/c; minority: ../b, C/c\n    test: 6 + 4 + 3 images\n" in text
    assert "  torch: " in text
    assert "Not here" not in text


def test_the_same_run_gives_the_same_bytes(here, tmp_path):
    for name in ("one", "two"):
        export(here / "run", tmp_path / f"{name}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        names = archive.namelist()
    assert "Dots/README.txt" in names
    assert not [name for name in names if ".." in name.split("/")]


def test_parts_of_it_alone(here, tmp_path):
    export(here / "run", tmp_path / "out", ("predictions",))
    assert {name.partition("/")[0] for name in files(tmp_path / "out")} == {"run", "README.txt", "trials.csv"}
    assert not [name for name in files(tmp_path / "out") if "report" in name]
    export(here / "run", tmp_path / "bare", ("matrix",))
    assert not [name for name in files(tmp_path / "bare") if name.endswith("parquet")]


def test_folds_are_told_apart(here, tmp_path):
    exported = export(here / "folds", tmp_path / "out", ("weights",))
    assert sorted(name for name in files(exported.path) if name.startswith("weights")) == [
        f"weights/dots/plain[batch.n={n}]/s0-f{fold}.safetensors" for n in (1, 2) for fold in (0, 1)
    ]


def test_what_no_store_has_is_told(here, tmp_path):
    shutil.copytree(here / "run", tmp_path / "run")
    store = shutil.copytree(here / "store", tmp_path / "store")
    weights = sorted((store / "train").glob("*/weights.safetensors"))
    labels = {json.loads((path.parent / "manifest.json").read_text())["label"]: path for path in weights}
    path = labels["train dots/plain[batch.n=1]/s0"]
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    bank = next((store / "synthesise").iterdir())
    label = json.loads((bank / "manifest.json").read_text())["label"]
    shutil.rmtree(bank)
    document = json.loads((tmp_path / "run" / "run.json").read_text())
    document["request"]["store"] = str(store)
    (tmp_path / "run" / "run.json").write_text(json.dumps(document))
    exported = export(tmp_path / "run", tmp_path / "out")
    assert (exported.banks, exported.weights) == (1, 3)
    assert set(exported.missing) == {label, "train dots/plain[batch.n=1]/s0"}
    assert "Not here\n\nNo store had, whole, what these stages made:\n  " in (tmp_path / "out" / "README.txt").read_text()
    assert export(tmp_path / "run", tmp_path / "whole", store=str(here / "store")).missing == ()


def test_images_of_other_channels_stay_arrays(here, tmp_path, monkeypatch):
    monkeypatch.setattr("augbench.stages.png.CHANNELS", {1: 0})
    exported = export(here / "run", tmp_path / "out", ("banks",))
    assert np.load(exported.path / "banks" / "dots" / "ours[batch.n=1]" / "s0" / "C%2Fc.npy").shape == (6, 3, 8, 8)


def test_of_a_merged_run_everything_is_found(here, tmp_path):
    run(here, 'extends = "matrices/base.toml"\n', out="more", store="another", sets=("axes.seed=[5]",), only=("plain",))
    copied = shutil.copytree(here / "more", tmp_path / "more")
    document = json.loads((copied / "run.json").read_text())
    for column in document["columns"]:
        column["name"] = "others"
    for trial in document["trials"]:
        trial["column"] = "others"
    (copied / "run.json").write_text(json.dumps(document))
    merge([here / "run", copied], tmp_path / "all")
    exported = export(tmp_path / "all", tmp_path / "out")
    assert (exported.weights, exported.missing) == (6, ())
    assert (tmp_path / "out" / "matrix" / "2" / "dots.toml").is_file()


def test_what_cannot_be_exported_is_told_before_anything_is_written(here, tmp_path):
    with pytest.raises(MissingFile):
        export(tmp_path, tmp_path / "out")
    copied = shutil.copytree(here / "run", tmp_path / "run")
    document = json.loads((copied / "run.json").read_text())
    (copied / "run.json").write_text(json.dumps(document | {"smoke": True}))
    with pytest.raises(SmokeRun):
        export(copied, tmp_path / "out")
    del document["columns"]
    (copied / "run.json").write_text(json.dumps(document))
    with pytest.raises(BrokenRun, match="KeyError: 'columns'"):
        export(copied, tmp_path / "out")
    (tmp_path / "out.zip").touch()
    with pytest.raises(TakenFolder):
        export(here / "run", tmp_path / "out.zip")
    assert not (tmp_path / "out").exists()


def test_progress_is_told(here, tmp_path):
    told = []
    export(here / "run", tmp_path / "out", ("weights",), tell=lambda *news: told.append(news))
    assert told[0] == ("checking artefacts", 1, 4)
    assert told[-1] == ("writing", 9, 9)
    assert exporting.WHAT == ("banks", "weights", "predictions", "report", "matrix")
