"""Write a commented matrix file for a folder of images, such that it runs."""

from __future__ import annotations

import os
import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from augbench.config.snapshots import Snapshot
from augbench.config.source import Source
from augbench.config.writing import quoted, spelled
from augbench.engine.deciding import BALANCED, BELOW, TINY, Decisions, Machine, decide, least_validated, most_folds
from augbench.engine.surveying import MANIFEST, Survey, survey
from augbench.values.data import Probe
from augbench.values.numbers import bound, count, listing, many, seconds

if TYPE_CHECKING:
    from jinja2 import Template

DEFAULT = Path("ablation.toml")
"""The matrix file that verbs read where none is named."""
_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_LISTED = 40
"""Classes that are listed one by one; of more, the largest and the smallest."""
_LONGEST = 32
_FEW_TESTED = 20
_WIDTH = 118
_INDENT = 36
"""Where the comments behind settings begin."""


def propose(folder: Path, out: Path) -> str:
    """Return a matrix file for a folder, to lie at ``out``.

    Raise ``UnwritablePath``, the data set's own error where the folder cannot be used, or ``ConfigError``.
    """
    found = survey(folder)
    machine = _machine()
    decisions = decide(found, machine)
    facts = _facts(found, decisions, machine, out)
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


def _facts(found: Survey, decisions: Decisions, machine: Machine, out: Path) -> dict[str, Any]:
    """Return all that the template names."""
    label = found.folder.resolve().name or "images"
    name = _NAME.sub("-", label).strip("-_") or "images"
    minority = decisions.minority
    option = "" if out == DEFAULT else f" --matrix {spelled(shlex.quote(str(out)))}"
    commands = f"bench plan{option}", f"bench run{option}"
    return {
        "title": f"{spelled(label)}: {'what helps the rare classes?' if minority else 'which augmentation helps?'}",
        "commands": [command.ljust(len(commands[0])) for command in commands],
        "report": f"runs/{spelled(out.stem)}/report.html",
        "folder": str(found.folder),
        "found": _found(found),
        "table": _table(found.probe),
        "remarks": tuple(_remarks(found)),
        "name": name,
        "label": label,
        "path": (path := _path(found.folder, out)),
        "path_words": "absolute; ~ and $NAME are expanded"
        if Path(path).is_absolute()
        else "relative to this file; ~ and $NAME are expanded",
        "parameters": tuple(_parameters(found)),
        "gpu": machine.gpus > 0,
        "folds": decisions.folds,
        "folds_reason": _folds_reason(found.probe, decisions),
        "seeds": range(decisions.seeds),
        "claim": _claim(decisions),
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


def _found(found: Survey) -> str:
    probe, low, high = found.probe, found.sizes[0], found.sizes[-1]
    kind = {1: "grey", 3: "colour"}.get(probe.channels, f"{probe.channels} channels")
    pixels = f"{low[0]} x {low[1]} pixels" if low == high else f"{low[0]} x {low[1]} to {high[0]} x {high[1]} pixels"
    images = sum(map(sum, probe.counts.values()))
    groups = f", {many(found.groups, 'group')}" if found.groups else ""
    return f"{count(images)} images in {count(len(probe.classes))} classes, {pixels}, {kind}, {found.bits} bit{groups}"


def _table(probe: Probe) -> tuple[str, ...]:
    """Lay out the images of each class by split, the largest class first."""
    splits = list(probe.counts)
    lines = [(_short(name), *(count(probe.counts[split][label]) for split in splits)) for label, name in _ordered(probe)]
    left = len(probe.classes) - len(lines)
    if left:
        lines.insert(_LISTED // 2, (f"... {count(left)} more", *("" for _ in splits)))
    heads = ("class", *splits)
    widths = [max(len(line[column]) for line in (heads, *lines)) for column in range(len(heads))]
    return tuple(
        "  ".join(
            f"{cell:{width}}" if column == 0 else f"{cell:>{width}}" for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in (heads, *lines)
    )


def _ordered(probe: Probe) -> list[tuple[int, str]]:
    order = sorted(enumerate(probe.classes), key=lambda one: -probe.counts["train"][one[0]])
    return order if len(order) <= _LISTED else order[: _LISTED // 2] + order[-(_LISTED // 2) :]


def _short(name: str) -> str:
    shown = spelled(name)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."


def _remarks(found: Survey) -> Iterator[str]:
    if found.passed_over:
        yield f"Note: {MANIFEST} is there and is not read, since it cannot be: {found.passed_over}."
    if found.groups_shared:
        yield f"Warning: {many(found.groups_shared, 'group')} have images both to learn from and to test with: scores may be too good."
    tested = dict(zip(found.probe.classes, found.probe.counts["test"], strict=True))
    if few := [name for name, number in tested.items() if number < _FEW_TESTED]:
        least = min(tested.values())
        which = f"{listing([_short(name) for name in few])} {'has' if len(few) == 1 else 'have'} fewer than {_FEW_TESTED} test images"
        yield f"Warning: {which}, {least} at the least: one image can change a class's F1 by about {1 / least:.2f}, whatever the seeds."
    yield "Look at them first: 'bench datasets preview' draws some of each class, 'bench datasets audit' finds duplicates across splits."


def _parameters(found: Survey) -> Iterator[tuple[str, str, str]]:
    short = "validation" not in found.probe.counts
    reasons = {
        "manifest": "lies in the folder, and says what is what; what it does not list is left out",
        "split": f"no splits are given: shares of each class{', more a class is too small for' * short}, drawn once for all rows",
        "channels": "some images are grey and some in colour: all become colour",
    }
    yield from ((key, value, reasons[key]) for key, value in found.parameters.items())


def _folds_reason(probe: Probe, decisions: Decisions) -> str:
    validated, most = least_validated(probe), most_folds(probe)
    why = f"a class has {many(validated, 'validation image')}" if validated else "there are no validation images"
    if decisions.folds:
        return f"Cross-validation, since {why}: each fold is held out once; the test images stay apart."
    if validated < TINY and most > 1:
        return f"Cross-validation would make more of few images, since {why}, and take longer: folds = {min(3, most)}"
    return ""


def _claim(decisions: Decisions) -> str:
    needed = decisions.seeds_needed
    reach = f"{many(decisions.seeds, 'seed')} can reach p = {bound(decisions.smallest_p)} at best"
    if decisions.seeds >= needed:
        return f"{reach}, enough for a claim of significance between these rows."
    return f"{reach}: a first look. A claim of significance between these rows takes {needed} seeds."


def _image_facts(found: Survey, decisions: Decisions, machine: Machine) -> dict[str, Any]:
    size, probe = decisions.size, found.probe
    fits = probe.size == (size, size)
    wide = any(max(sides) > 1.25 * min(sides) for sides in found.sizes)
    squeezed = " Their sides differ in length, and they are squeezed into squares." if wide else ""
    work = "" if size == 128 else f" {2 * size} takes four times as long." if not fits else ""
    reason = "is what the generators' networks make and this machine can bear" if machine.gpus else "is quick on CPUs"
    words = (
        f"All images are {size} x {size} already." if fits else f"Images are brought to {size} x {size}, which {reason}.{work}{squeezed}"
    )
    return {"size": size, "resize": not fits, "size_reason": words}


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
    each = "a network for each minority class" if decisions.fitted else "bent originals, where networks would take long or do not fit"
    within = f"beside the originals of a batch, {many(4 * len(minority), 'image')} for minority classes"
    return {
        "minority": minority,
        "share": decisions.share,
        "minority_words": _minority_words(minority, decisions.share),
        "balanced": f"No class is rare: the smallest has {BALANCED:g} of the largest, or more. The rows compare augmentation alone; "
        "the data set long-tail makes classes rare (docs/long-tail.md).",
        "generator": "wgan-div" if decisions.fitted else "handcrafted",
        "generator_label": "WGAN-div" if decisions.fitted else "Bent originals",
        "synthetic_words": f"Synthetic images from {each}, and mixes, {within}.",
        "mixed_words": f"Averages of two images of a minority class, {within if decisions.supplement else 'as shares of a batch'}.",
        "preset": "rana-2022" if gpu else "small",
        "iterations": decisions.iterations,
        "iterations_words": "more is better" if gpu else "enough to see it work; papers take a hundred times as many",
        "bank": 2000 if gpu else 512,
        "pre_augment": 800,
    }


def _minority_words(minority: tuple[str, ...], share: float | None) -> str:
    why = "" if share == BELOW else f", the smallest, since none is below {BELOW:g} of the largest"
    return f"{listing([_short(name) for name in minority], 12)}{why}"
