"""The matrices that the repository ships do what they say, at toy budgets."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from augbench_datasets.phantom import Phantom

ROOT = Path(__file__).parents[1]
BCCD6 = Path(os.environ.get("AUGBENCH_BCCD6", ROOT.parent / "shared" / "data" / "bccd6"))
FASHION = Path("/usr/share/datasets/fashion-mnist")
TOY = ("training.length={steps=6}", "fit.iterations=2", "fit.pre-augment=0", "bank.size=8", "training.checks=1")


def command(matrix: str, folder: Path, *more: str) -> list[str]:
    sets = [argument for value in TOY for argument in ("--set", value)]
    where = ["--out", str(folder / "run"), "--store", str(folder / "store"), "--device", "cpu"]
    return [sys.executable, "-m", "augbench", "run", "--matrix", str(ROOT / matrix), *where, *sets, *more]


def bench(*arguments, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments[0], capture_output=True, text=True, env={**os.environ, **environment}, timeout=600, check=False)


def trials(run: Path) -> list[dict]:
    records = [json.loads(line) for line in (run / "records.jsonl").read_text().splitlines()]
    return [record for record in records if record["type"] == "trial"]


def predictions(run: Path) -> dict[str, list]:
    files = sorted(path for path in (run / "predictions").rglob("*.parquet"))
    return {str(path.relative_to(run)): pq.read_table(path).to_pylist() for path in files}


@pytest.mark.slow
def test_the_ablation_table_runs_and_a_killed_run_continues_to_the_same_numbers(tmp_path):
    whole = bench(command("ablation.toml", tmp_path / "whole"))
    assert whole.returncode == 0, whole.stderr
    assert [record["status"] for record in trials(tmp_path / "whole" / "run")] == ["done"] * 20
    assert "20/20" in whole.stderr
    report = (tmp_path / "whole" / "run" / "report.md").read_text()
    # Two iterations teach a generator nothing, and the report says so.
    assert "has collapsed" in report
    assert "the control is not fairly tested" in report

    again = bench(command("ablation.toml", tmp_path / "whole"))
    assert again.returncode == 0
    assert "0 stages run" in again.stderr

    process = subprocess.Popen(command("ablation.toml", tmp_path / "killed"), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    journal = tmp_path / "killed" / "run" / "records.jsonl"
    deadline = time.monotonic() + 300
    while (not journal.is_file() or journal.read_text().count('"type":"trial"') < 7) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 7 <= len(trials(tmp_path / "killed" / "run")) < 20
    continued = bench(command("ablation.toml", tmp_path / "killed"))
    assert continued.returncode == 0, continued.stderr
    assert predictions(tmp_path / "killed" / "run") == predictions(tmp_path / "whole" / "run")


@pytest.mark.slow
@pytest.mark.parametrize(("matrix", "rows"), [("matrices/baselines.toml", 6), ("matrices/losses.toml", 17)])
def test_the_other_matrices_run_every_row(matrix, rows, tmp_path):
    ran = bench(command(matrix, tmp_path, "--set", "axes.seed=[0]"))
    assert ran.returncode == 0, ran.stderr
    assert [record["status"] for record in trials(tmp_path / "run")] == ["done"] * rows


@pytest.mark.slow
@pytest.mark.skipif(not BCCD6.is_dir(), reason="the blood cells are not here")
def test_the_rows_run_on_a_folder_of_real_blood_cells(tmp_path):
    ran = bench(command("matrices/blood-cells.toml", tmp_path, "--set", "axes.seed=[0]"), BLOOD_CELLS=str(BCCD6))
    assert ran.returncode == 0, ran.stderr
    assert [record["status"] for record in trials(tmp_path / "run")] == ["done"] * 10


@pytest.mark.slow
@pytest.mark.skipif(not BCCD6.is_dir(), reason="the blood cells are not here")
def test_generated_images_are_compared_on_real_blood_cells(tmp_path):
    more = ["--set", "quality.features=random-conv", "--set", "quality.checks=1"]
    ran = bench(command("matrices/quality.toml", tmp_path, *more), BLOOD_CELLS=str(BCCD6))
    assert ran.returncode == 0, ran.stderr
    assert len(list((tmp_path / "run" / "generators").glob("*.json"))) == 20, "at this budget two rows share their fits"
    assert "Quality of generated images" in (tmp_path / "run" / "report.md").read_text()


@pytest.mark.slow
@pytest.mark.skipif(not FASHION.is_dir(), reason="dataset-fashion-mnist is not installed")
def test_every_row_can_be_tried_on_long_tailed_clothes(tmp_path):
    ran = bench(command("matrices/fashion-mnist-lt.toml", tmp_path, "--smoke", "--set", "axes.seed=[0]"))
    assert ran.returncode == 0, ran.stderr
    assert [record["status"] for record in trials(tmp_path / "run")] == ["done"] * 10
    assert "T-shirt/top 6000, Trouser 3596" in ran.stderr, "the plan's note"


@pytest.mark.slow
def test_the_readme_s_way_from_a_folder_of_images_to_a_report(tmp_path):
    whole = Phantom(train=(12, 8, 8, 4, 3, 3, 3), test=(3,) * 7).load()
    for part, split in (("train", whole.train), ("val", whole.validation), ("test", whole.test)):
        for image, label, name in zip(split.images, split.labels, split.ids, strict=True):
            file = tmp_path / "my-cells" / part / whole.classes[label] / f"{name.rpartition('/')[2]}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(file)
    block = (ROOT / "README.md").read_text().partition("## Your images")[2].partition("```sh\n")[2].partition("```")[0]
    lines = [line.partition("  #")[0].replace(" --open", "").split() for line in block.splitlines()]
    assert [line[1] for line in lines] == ["datasets", "datasets", "init", "run"]
    small = ["--smoke", "--set", "axes.seed=[0]", "--store", str(tmp_path / "store"), "--device", "cpu"]
    for line in [*lines[:-1], [*lines[-1], *small]]:
        ran = subprocess.run([sys.executable, "-m", "augbench", *line[1:]], cwd=tmp_path, capture_output=True, text=True, check=False)
        # An audit says with 1 that three test images of a class are too few.
        assert ran.returncode == int(line[2] == "audit"), f"{line}: {ran.stderr}"
    assert "18 trials done" in ran.stderr
