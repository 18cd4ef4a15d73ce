"""Write a commented matrix file for a folder of images, such that it runs."""

from __future__ import annotations

import os
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.config.snapshots import Snapshot
from augbench.config.source import Source
from augbench.config.writing import quoted, spelled
from augbench.engine.commenting import (
    BALANCED_WORDS,
    claim,
    class_table,
    folds_words,
    found_words,
    minority_words,
    mixed_words,
    parameters,
    remarks,
    size_words,
    synthetic_words,
)
from augbench.engine.deciding import ALPHA, Decisions, Machine, decide
from augbench.engine.surveying import Survey, survey
from augbench.values.data import Probe
from augbench.values.numbers import count, many, seconds

if TYPE_CHECKING:
    from jinja2 import Template

_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_WIDTH = 118
_INDENT = 36
"""Where the comments behind settings begin."""


def propose(folder: Path, out: Path, option: str = "") -> str:
    """Return a matrix file for a folder, to lie at ``out``, which verbs read with an ``option``, such as `` --matrix cells.toml``.

    Raise ``UnwritablePath``, the data set's own error where the folder cannot be used, or ``ConfigError``.
    """
    found = survey(folder)
    machine = _machine()
    decisions = decide(found, machine)
    facts = _facts(found, decisions, machine, out, option)
    template = _template()
    # Once without it, for the plan that estimates the time; whatever is wrong with the file would show here.
    estimate = _estimate(template.render(facts, assumed=""), out, machine)
    return template.render(facts, assumed=estimate).rstrip() + "\n"


def _machine() -> Machine:
    from augbench.engine.devices import choose_devices
    from augbench.values.cpus import usable_cpus

    return Machine(cpus=usable_cpus(), gpus=sum(device != "cpu" for device in choose_devices("auto")))


def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("augbench.engine")
    environment = Environment(
        loader=loader, undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"quoted": quoted, "spelled": spelled, "comment": _comment, "padded": lambda text: f"{text:{_INDENT}}"}
    return environment.get_template("matrix.toml.j2")


def _comment(text: str) -> str:
    """Write a text as a comment of as many lines as it takes."""
    return "\n".join(
        textwrap.wrap(spelled(text), _WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False, break_on_hyphens=False)
    )


def _estimate(text: str, out: Path, machine: Machine) -> str:
    """Say how long the matrix will take, as ``bench plan`` would."""
    from augbench.engine.request import Request
    from augbench.engine.session import open_session
    from augbench.plan.cost import needed, total, words

    folder = out.absolute().parent
    snapshot = Snapshot(files=(Source(str(out), text, folder),))
    session = open_session(Request(matrix=folder / out.name, out=folder / "runs" / f".{out.stem}", snapshot=snapshot))
    estimate = total(needed(session.plan), session.costs, machine.gpus or machine.cpus)
    faster = "; guesses are for a CPU, and a GPU is faster" if machine.gpus and "guess" in estimate.stages else ""
    return f"As it stands it takes about {seconds(estimate.wall)} with {many(estimate.slots, 'job')} ({words(estimate)}{faster})."


def _facts(found: Survey, decisions: Decisions, machine: Machine, out: Path, option: str) -> dict[str, Any]:
    """Return all that the template names."""
    label = found.folder.resolve().name or "images"
    name = _NAME.sub("-", label).strip("-_") or "images"
    minority = decisions.minority
    commands = spelled(f"bench plan{option}"), spelled(f"bench run{option}")
    return {
        "title": f"{spelled(label)}: {'what helps the rare classes?' if minority else 'which augmentation helps?'}",
        "commands": [command.ljust(len(commands[0])) for command in commands],
        "report": f"runs/{spelled(out.stem)}/report.html",
        "folder": str(found.folder),
        "found": found_words(found),
        "table": class_table(found.probe),
        "remarks": tuple(remarks(found)),
        "name": name,
        "label": label,
        "path": (path := _path(found.folder, out)),
        "path_words": f"{'absolute' if Path(path).is_absolute() else 'relative to this file'}; ~ and $NAME are expanded",
        "parameters": tuple(parameters(found)),
        "alpha": ALPHA,
        "gpu": machine.gpus > 0,
        "folds": decisions.folds,
        "folds_reason": folds_words(found.probe, decisions),
        "seeds": range(decisions.seeds),
        "claim": claim(decisions),
        **_image_facts(found, decisions, machine),
        **_batch_facts(found.probe, decisions),
        **_generator_facts(decisions, machine),
    }


def _path(folder: Path, out: Path) -> str:
    """Return a folder's path as the matrix file names it: relative, where both lie near each other."""
    here, there = Path(os.path.abspath(out)).parent, Path(os.path.abspath(folder))
    if os.path.commonpath([here, there]) == here.anchor:
        return str(there)
    relative = os.path.relpath(there, here)
    return str(there) if relative.startswith("~") else relative


def _image_facts(found: Survey, decisions: Decisions, machine: Machine) -> dict[str, Any]:
    fits = found.probe.size == (decisions.size, decisions.size)
    return {"size": decisions.size, "resize": not fits, "size_words": size_words(found, decisions.size, gpu=machine.gpus > 0)}


def _batch_facts(probe: Probe, decisions: Decisions) -> dict[str, Any]:
    colour = probe.channels == 3
    return {
        "batch": decisions.batch,
        "steps": decisions.steps,
        "steps_words": f"{count(decisions.steps)} updates show each original about {decisions.passes:.3g} times",
        "supplement": decisions.supplement,
        "sampler": "minority-focus" if decisions.supplement else "standard",
        "second": "nonlinear-mixup" if colour else "vh-mixup",
        "second_slot": "rotated" if colour else "cut",
    }


def _generator_facts(decisions: Decisions, machine: Machine) -> dict[str, Any]:
    minority, gpu = decisions.minority, machine.gpus > 0
    return {
        "minority": minority,
        "share": decisions.share,
        "minority_words": minority_words(minority, decisions.share),
        "balanced": BALANCED_WORDS,
        "generator": "wgan-div" if decisions.fitted else "handcrafted",
        "generator_label": "WGAN-div" if decisions.fitted else "Bent originals",
        "synthetic_words": synthetic_words(decisions),
        "mixed_words": mixed_words(decisions),
        "preset": "rana-2022" if gpu else "small",
        "iterations": decisions.iterations,
        "iterations_words": "more is better" if gpu else "enough to see it work; papers take a hundred times as many",
        "bank": 2000 if gpu else 512,
        "pre_augment": 800,
    }
