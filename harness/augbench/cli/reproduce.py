"""``bench reproduce RUN TRIAL``: does the same come of it again?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from augbench.cli import options
from augbench.cli.console import print_json, print_text, talk
from augbench.cli.wording import examples
from augbench.values.numbers import many, seconds

if TYPE_CHECKING:
    from augbench.engine.reproducing import Reproduction

EPILOG = examples(
    ("bench reproduce runs/ablation cells/ours/s0", "train it again, and compare every probability"),
    ("bench reproduce runs/ablation cells/ours/s0 --device cuda --tolerance 1e-3", "on a GPU, which computes a little otherwise"),
    ("bench reproduce run cells/ours/s0 --set datasets.cells.path=~/cells", "somebody else's run, with your copy of the images"),
)
_DIFFERS, _CANNOT = 1, 2


def reproduce(
    run: options.Run,
    trial: options.Trial,
    tolerance: Annotated[
        float, typer.Option(metavar="NUMBER", min=0.0, help="The largest difference of two probabilities that count as the same.")
    ] = 1e-4,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the new run and its store, and say where they are.")] = False,
    sets: options.Whereabouts = [],  # noqa: B006 - typer copies it
    device: options.SameDevice = None,
    engine: options.SameEngine = None,
    jobs: options.Jobs = None,
    as_json: options.Json = False,
) -> None:
    """Run a trial again from nothing, as its run was asked for it, and compare all class probabilities with those that the run holds.

    Exit code 0: bit-identical, or within the tolerance; 1: it differs; 2: it cannot be compared, since code, settings or data are
    others now.
    """
    from augbench.cli.progress import watching
    from augbench.engine import reproducing

    given = {"device": device, "engine": engine, "jobs": jobs, "sets": tuple(sets)}
    changes = {name: value for name, value in given.items() if value is not None}
    with _place(keep=keep) as place, watching(talk()) as audience:
        found = reproducing.reproduce(run, trial, place, audience, tolerance, changes)
    if as_json:
        print_json(asdict(found) | {"kept": str(place) if keep else None})
    else:
        for line in lines(found):
            print_text(line)
        if keep:
            talk().print(f"the new run is in {place / 'run'}, its store in {place / 'store'}", markup=False)
    if code := {"differs": _DIFFERS, "cannot be compared": _CANNOT}.get(found.verdict):
        raise typer.Exit(code)


@contextmanager
def _place(*, keep: bool) -> Iterator[Path]:
    """Make an empty folder, which goes unless it is to be kept."""
    if keep:
        yield Path(tempfile.mkdtemp(prefix="bench-reproduce-"))
        return
    with tempfile.TemporaryDirectory(prefix="bench-reproduce-") as folder:
        yield Path(folder)


def lines(found: Reproduction) -> Iterator[str]:
    """Say what came of it."""
    yield f"{found.trial}: {found.verdict}" + (f", in {seconds(found.seconds)}" if found.splits else "")
    yield from (f"  {reason}" for reason in found.reasons)
    for name, split in found.splits.items():
        same = "equal to the last bit" if split.identical else f"largest difference of two probabilities {split.difference:.3g}"
        yield f"  {name}: {same}; {split.labels} of {many(split.images, 'predicted label')} differ"
    yield from (f"  {name} was {before or 'not known'}, and is {after}" for name, (before, after) in found.machine.items())
