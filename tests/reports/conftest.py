"""A made-up run: ten rows on a data set of seven classes, with the traps that a report must survive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from augbench import Comparison, ReportNote
from augbench.comparison import compare
from augbench.stages.sheet import draw_sheet
from augbench.values.results import ColumnFacts, ComponentOrigin, GeneratorResult, Predictions, Results, TrialResult
from augbench.values.settings import Published, ReportSettings, Row
from augbench_reports.building import document
from augbench_reports.csv_files import Csv
from augbench_reports.document import Document
from augbench_reports.html import Html
from augbench_reports.json_file import Json
from augbench_reports.markdown import Markdown

CLASSES = ("neutrophil", "lymphocyte", "monocyte", "eosinophil", "basophil", "blast", "platelet clump")
TEST = (120, 72, 72, 12, 8, 6, 5)
TRAIN = (600, 360, 360, 60, 24, 14, 10)
ROWS = {
    "ours": ("WGAN-div + mixup + nonlinear mixup", 0.70),
    "wgan-gp": ("WGAN-GP + mixup + nonlinear mixup", 0.68),
    "wgan": ("WGAN + mixup + nonlinear mixup", 0.66),
    "gan": ("GAN + mixup + nonlinear mixup", 0.64),
    "vh-mixup": ("WGAN-div + mixup + nonlinear mixup (Summers)", 0.74),
    "no-rotated": ("WGAN-div + mixup", 0.71),
    "no-linear": ("WGAN-div + nonlinear mixup", 0.58),
    "standard": ("Standard sampling", 0.60),
    "plain": ("Plain: no oversampling", 0.35),
    "repetition": ("Random oversampling", 0.84),
}


GENERATORS = dict.fromkeys(("ours", "vh-mixup", "no-rotated", "no-linear", "standard"), "wgan-div") | {
    row: row for row in ("wgan-gp", "wgan", "gan")
}
JUDGED = ("basophil", "blast")
SETTINGS = {
    row: {"generator": GENERATORS.get(row), "training.lr": 0.05, "augment.linear": "cutmix" if row in ("wgan", "gan") else "mixup"}
    for row in ROWS
}


def predictions(skill: float, rng: np.random.Generator, counts: tuple[int, ...] = TEST) -> Predictions:
    """Draw a classifier that is right about the majority and, by its skill, about the minority."""
    labels = np.repeat(np.arange(len(counts)), counts)
    right = rng.random(len(labels)) < np.where(labels < 3, 0.9, skill)
    chosen = np.where(right, labels, rng.integers(0, 3, len(labels)))
    logits = rng.normal(0, 0.5, (len(labels), len(counts)))
    logits[np.arange(len(labels)), chosen] += 3
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return Predictions(ids=tuple(f"image-{index}" for index in range(len(labels))), labels=labels, probabilities=probabilities)


def trial(row: str, seed: int, skill: float, column: str = "phantom", fold: int | None = None) -> TrialResult:
    """Make a finished trial."""
    rng = np.random.default_rng([seed, fold or 0, *row.encode()])
    steps = tuple(range(70, 701, 70))
    shared = {"basophil": f"wgan-div-{seed}"} if row in ("ours", "vh-mixup", "no-rotated", "no-linear") else {}
    judged = {name: f"{GENERATORS[row]} {seed} {name}" for name in JUDGED} if row in GENERATORS and column == "phantom" else {}
    fall = rng.uniform(0.8, 1.2)
    return TrialResult(
        trial=f"{column}/{row}/s{seed}" + ("" if fold is None else f"/f{fold}"),
        row=row,
        column=column,
        seed=seed,
        fold=fold,
        status="done",
        test=predictions(skill, rng),
        validation=predictions(skill, rng, tuple(max(3, count // 2) for count in TEST)),
        curves={
            "training loss": tuple((step, 1.9 * float(np.exp(-fall * step / 200)) + 0.1) for step in steps),
            "validation macro-f1": tuple((step, skill * (1 - float(np.exp(-fall * step / 150))) + rng.normal(0, 0.015)) for step in steps),
        },
        steps=700 if row != "standard" else 850,
        images=22_400 if row != "standard" else 27_200,
        seconds=9.4,
        cost={
            "seconds": 9.4 + rng.random(),
            "cpu-seconds": 18 + rng.random(),
            "peak-memory-mb": 1234 + rng.random(),
            "images-per-second": 2400 + 100 * rng.random(),
            **({"shared-seconds": 310 + rng.random()} if shared else {}),
        },
        generators=shared,
        judged=judged,
    )


def generator(key: str, sheet: Path) -> GeneratorResult:
    """Make up how a generator was fitted and judged: rarer classes worse."""
    name, seed, class_name = key.split(" ", 2)
    rng = np.random.default_rng(list(key.encode()))
    steps, final = tuple(range(0, 201, 20)), rng.uniform(-0.001, 0.03)
    kid = tuple((step, 0.46 * float(np.exp(-step / 25)) + final) for step in steps)
    losses = {
        name: tuple((step, float(np.exp(-step / 80)) + 0.1 * rng.random()) for step in steps[1:])
        for name in ("critic loss", "generator loss")
    }
    return GeneratorResult(
        name=name,
        class_name=class_name,
        seed=int(seed),
        fold=None,
        chosen=200,
        curves={"kid": kid} | losses,
        numbers={
            "real": float(dict(zip(CLASSES, TRAIN, strict=True))[class_name]),
            "generated": 200.0,
            "kid": kid[-1][1],
            "frechet": rng.uniform(2, 300),
            "precision": rng.random(),
            "recall": rng.random(),
            "density": rng.uniform(0, 1.2),
            "coverage": rng.random(),
            "nearest-real-ratio": rng.uniform(0.8, 1.5),
            "diversity": rng.uniform(0.5, 1),
        },
        features="random-conv-3x480-0",
        digest="f" * 64,
        sheet=sheet,
    )


def absent(done: TrialResult, status: str, reason: str = "") -> TrialResult:
    """Take a trial's result away."""
    return TrialResult(trial=done.trial, row=done.row, column=done.column, seed=done.seed, fold=done.fold, status=status, reason=reason)


def made_up_run(
    seeds: tuple[int, ...] = (0, 1),
    folds: int | None = None,
    rows: int = len(ROWS),
    change: Callable[[TrialResult], TrialResult] | None = None,
) -> Results:
    """Make a run of the first so many rows; ``change`` replaces trials."""
    shown = dict(list(ROWS.items())[:rows])
    trials = [
        trial(row, seed, skill, fold=fold)
        for row, (_, skill) in shown.items()
        for seed in seeds
        for fold in (range(folds) if folds else (None,))
    ]
    keys = dict.fromkeys(key for each in trials for key in each.judged.values())
    return Results(
        title="Which part of the method matters? Ten ways to fill rare classes of blood cells",
        report=ReportSettings(
            control="ours",
            alpha=0.01,
            replicates=999,
            published=(Published(label="Rana et al. (2022)", dataset="cell-cycle", source="Table 2", accuracy=0.856, macro_f1=0.868),),
        ),
        rows=tuple(Row(name=name, label=label) for name, (label, _) in shown.items()),
        columns=(
            ColumnFacts(
                name="phantom",
                label="Phantom blood cells",
                classes=CLASSES,
                counts={"test": TEST, "train": TRAIN, "validation": tuple(count // 2 for count in TEST)},
                minority=CLASSES[3:],
                folds=folds,
                digest="9f2c4be1a7d3" * 5,
                licence="CC0-1.0",
                source="drawn by augbench",
                notes=("no validation split was given: a fifth of the training images was taken, by class, with seed 0",),
            ),
        ),
        seeds=seeds,
        trials=tuple(change(each) if change else each for each in trials),
        generators={key: generator(key, Path(f"{key.replace(' ', '-')}.png")) for key in keys},
        scopes={"ours": "train"},
        settings={"phantom": {row: SETTINGS[row] for row in shown}},
        matrix='version = 1\ntitle = "Which part matters?"\n\n[axes]\nseed = [0, 1]\n',
        provenance={"command": "bench run --matrix ablation.toml", "augbench": "0.1.0", "device": "cpu"},
        components=(
            ComponentOrigin(kind="dataset", name="phantom", distribution="augbench", version="0.1.0", code="51d1" * 16),
            ComponentOrigin(kind="augmenter", name="mixup", distribution="augbench", version="0.1.0", code="a4c0" * 16, rows=tuple(shown)),
            ComponentOrigin(kind="augmenter", name="vh-mixup", file="/home/ada/study/my_mix.py", code="0be2" * 16, rows=("vh-mixup",)),
        ),
    )


FAILING = ("vh-mixup", "no-rotated", "no-linear")


def one_failed(each: TrialResult) -> TrialResult:
    """Let one generator diverge."""
    if each.trial == "phantom/wgan/s1":
        reason = "the generator of basophil diverged: its loss is not a number by step 120; lower fit.lr"
        return replace(absent(each, "failed", reason), failure="Diverged", failure_class="diverged", failed_stage="fit-generator")
    return each


def many_failed(each: TrialResult) -> TrialResult:
    """Let two rows run out of memory but for a seed or two, and a trial of another be killed."""
    each = replace(each, curves={})
    if each.seed >= {"gan": 1, "wgan": 2}.get(each.row, 100):
        reason = f"train {each.row} s{each.seed}: CUDA out of memory; lower batch.size"
        return replace(absent(each, "failed", reason), failure="OutOfMemoryError", failure_class="memory", failed_stage="train")
    if each.trial == "phantom/wgan-gp/s1":
        reason = "evaluate wgan-gp s1: worker 2 was killed by signal 11"
        return replace(absent(each, "failed", reason), failure="WorkerLost", failure_class="killed", failed_stage="evaluate")
    return each


def one_curve(each: TrialResult) -> TrialResult:
    """Keep one curve, where one is enough to be drawn; let three rows fail."""
    if each.row in FAILING:
        return replace(absent(each, "failed", "no reason"), failure="Error", failure_class="error", failed_stage="train")
    return replace(each, curves={"training loss": each.curves["training loss"]})


@pytest.fixture(scope="session")
def run() -> Results:
    """Two seeds, one failed trial."""
    return made_up_run(change=one_failed)


@pytest.fixture(scope="session")
def make() -> Callable[..., Results]:
    """Return the maker of runs."""
    return made_up_run


@pytest.fixture(scope="session")
def failing() -> Results:
    """Four rows and six seeds, of which ten trials failed."""
    return made_up_run(seeds=tuple(range(6)), rows=4, change=many_failed)


@pytest.fixture(scope="session")
def comparison(run: Results) -> Comparison:
    """Return the comparison of the run."""
    return compare(run)


@pytest.fixture(scope="session")
def folder(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the run's report in every format."""
    made = tmp_path_factory.mktemp("report")
    (made / "generators").mkdir()
    images = torch.randint(0, 256, (12, 3, 32, 32), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    for column in comparison.columns:
        for each in column.generators:
            (made / each.sheet).write_bytes(draw_sheet(images, images, images, 255.0))
    for report in (Json(), Csv(), Markdown(), Html()):
        report.render(comparison, made)
    return made


@pytest.fixture(scope="session")
def small() -> Comparison:
    """Return the comparison of three rows, for what needs no more."""
    return compare(made_up_run(seeds=(0,), rows=3))


@pytest.fixture(scope="session")
def rename() -> Callable[[Results, tuple[str, ...]], Results]:
    """Put names wherever a run has free text: each is somewhere a row, a class, a source."""

    def renamed(results: Results, names: tuple[str, ...]) -> Results:
        rows = tuple(Row(name=row.name, label=names[place % len(names)]) for place, row in enumerate(results.rows))
        classes = tuple(f"{names[-1 - place % len(names)]}{place}" for place in range(len(CLASSES)))
        every = " ".join(names)
        new = dict(zip(CLASSES, classes, strict=True))
        (column,) = results.columns
        return replace(
            results,
            title=every,
            rows=rows,
            columns=(replace(column, label=every, classes=classes, minority=classes[3:], source=every, licence=every, notes=(every,)),),
            trials=tuple(
                replace(
                    each,
                    judged={new[name]: key for name, key in each.judged.items()},
                    **({"reason": every, "failure": names[0], "failed_stage": names[1 % len(names)]} if each.status == "failed" else {}),
                )
                for each in results.trials
            ),
            settings={column.name: _settings([row.name for row in rows], names)},
            generators={
                key: replace(each, name=names[place % len(names)], class_name=new[each.class_name], features=names[-1])
                for place, (key, each) in enumerate(results.generators.items())
            },
            matrix="\n".join(names),
            provenance={f"{name}{place}": name for place, name in enumerate(names)},
            report=replace(
                results.report, published=tuple(Published(label=name, dataset=name, source=name, accuracy=0.5) for name in names)
            ),
        )

    return renamed


def _settings(rows: list[str], names: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Let rows that fail have everything in common, and the others differ in one setting."""
    common = {f"{each}{place}": each for place, each in enumerate(names)}
    return {row: common if row in FAILING else {names[2 % len(names)]: names[place % len(names)]} for place, row in enumerate(rows)}


HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]><!-- <svg onload=alert(1)>",
    "a|b `c` **d** [e](f) ![g](h)",
    "`",
    "$x_1%&#~^\\{} $y$",
    "two\nlines\x00\n\n# and a heading",
    "n" * 300,
    "\\input{/etc/passwd} \\write18{ls} \\end{document} ^^5cx",
    "\u202eturned around\u2066",
    "{{ 7 * 7 }}{% raw %}",
    "@here #1 https://example.org www.example.org",
    "- item",
    "1. item",
    "=1+1",
    "+1|2",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=tab",
    "same slug",
    "same-slug",
    "中文 😀️ é ± − – — … Łódź ½",
    "\u200b",
    "a@b.org mailto:a@b.org GH-1 o/r#1",
    "\ud800half",
    "[x]: javascript:alert(1)",
    "    indented",
    "&lt;b&gt; <b>",
)


@pytest.fixture(scope="session")
def harmless_comparison(rename: Callable[[Results, tuple[str, ...]], Results]) -> Comparison:
    """Return the comparison of harmless names, of as many as there are hostile ones."""
    names = tuple(f"name {place}" for place in range(len(HOSTILE)))
    return _noted(compare(rename(made_up_run(seeds=(0,), rows=8, change=one_curve), names)), names)


@pytest.fixture(scope="session")
def hostile_comparison(rename: Callable[[Results, tuple[str, ...]], Results]) -> Comparison:
    """Return the same comparison of names that try to be something else."""
    return _noted(compare(rename(made_up_run(seeds=(0,), rows=8, change=one_curve), HOSTILE)), HOSTILE)


def _noted(comparison: Comparison, names: tuple[str, ...]) -> Comparison:
    """Let plugins say the same."""
    said = [f"it says {name}".replace("\n\n", "\n") for name in names]
    several = ReportNote(title=names[0], text="\n\n".join(said), facts=dict(zip(names, said, strict=True)), origin=names[1])
    return replace(comparison, notes=(several, *(ReportNote(title=name, origin=name) for name in names)))


@pytest.fixture(scope="session")
def harmless(harmless_comparison: Comparison) -> Document:
    """Return a report of harmless names."""
    return document(harmless_comparison)


@pytest.fixture(scope="session")
def hostile(hostile_comparison: Comparison) -> Document:
    """Return the same report of hostile names."""
    return document(hostile_comparison)
