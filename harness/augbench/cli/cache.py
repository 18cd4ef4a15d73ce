"""``bench cache``: look after the store."""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from augbench.cli import options
from augbench.cli.console import data, print_json, talk
from augbench.cli.wording import examples
from augbench.values.numbers import ago, count, many, size
from augbench.values.run_errors import NothingChosen

if TYPE_CHECKING:
    from augbench.store.artefacts import Item, Leftover, Store

LIST_EPILOG = examples(
    ("bench cache list", "what the store holds, by kind of stage"),
    ("bench cache list --all --store s3://bucket/bench", "every artefact of a remote one"),
)
VERIFY_EPILOG = examples(
    ("bench cache verify", "read every byte; exit code 1 if one has changed"),
    ("bench cache verify --mend", "and set damaged artefacts aside, so that the next run makes them anew"),
)
PRUNE_EPILOG = examples(
    ("bench cache prune --older 30d", "what was not used for a month; asks before it removes anything"),
    ("bench cache prune --to 10GB", "what was not used for longest, until 10 GB are left"),
    ("bench cache prune --kind synthesise --older 7d --yes", "banks of images alone, without asking"),
)
GC_EPILOG = examples(
    ("bench cache gc", "remove what killed runs have left"),
    ("bench cache gc --dry-run", "only say what that would be"),
)

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?(k|M|G|T)?B?", re.IGNORECASE)
_POWERS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def _size(value: str) -> int:
    """Read ``500MB``, ``10GB`` or ``1.5T`` as bytes."""
    found = _SIZE.fullmatch(value.strip())
    if not found:
        raise typer.BadParameter(f"'{value}' is no size; write a number with kB, MB, GB or TB, such as 10GB")
    return int(float(found[1]) * _POWERS[(found[2] or "").lower()])


def list_store(
    every: Annotated[bool, typer.Option("--all", help="List each artefact.")] = False,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Show what the store holds and how large it is."""
    shelf = _open(store)
    items = sorted(shelf.inventory(), key=lambda item: (_place(item.kind), -item.bytes, item.key))
    labels = {key: summary.label for key, summary in shelf.summaries(most=len(items)).items()} if every else {}
    leftovers = list(shelf.leftovers())
    if as_json:
        listed = {"artefacts": [asdict(item) | {"label": labels.get(item.key, "")} for item in items]} if every else {}
        left = {"leftovers": len(leftovers), "leftover-bytes": _bytes(leftovers)}
        print_json({"store": shelf.location, "bytes": _bytes(items), "kinds": _kinds(items), **left, **listed})
        return
    if items:
        data().print(_every(items, labels) if every else _by_kind(items))
    data().print(f"{many(len(items), 'artefact')}, {size(_bytes(items))} in {shelf.location}", markup=False, soft_wrap=True)
    if leftovers:
        talk().print(f"{many(len(leftovers), 'leftover')}, {size(_bytes(leftovers))}: 'bench cache gc' clears up", markup=False)


def verify_store(
    mend: Annotated[bool, typer.Option("--mend", help="Set damaged artefacts aside: the next run makes them anew.")] = False,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Read every byte of every artefact and compare it with its checksum."""
    shelf = _open(store)
    items = sorted(shelf.inventory(), key=lambda item: (_place(item.kind), item.key))
    damaged = _damaged(shelf, items)
    for item, _ in damaged if mend else []:
        shelf.set_aside(item.key)
    if as_json:
        found = [{"kind": item.kind, "key": item.key, "why": why, "set-aside": mend} for item, why in damaged]
        print_json({"store": shelf.location, "checked": len(items), "damaged": found})
    for item, why in [] if as_json else damaged:
        data().print(f"{item.kind} {item.key}: {why}", markup=False, soft_wrap=True)
    mended = "set aside, the next run makes them anew" if mend else "'bench cache verify --mend' sets them aside"
    told = f"{count(len(damaged))} damaged: {mended}" if damaged else "all as they were written"
    talk().print(f"{many(len(items), 'artefact')} checked, {told}", markup=False)
    if damaged:
        raise typer.Exit(1)


def prune_store(
    older: Annotated[
        float | None,
        typer.Option("--older", metavar="TIME", parser=options.duration, help="Only what was not used for so long, such as 30d or 12h."),
    ] = None,
    kinds: Annotated[
        list[str],
        typer.Option(
            "--kind",
            metavar="NAME",
            callback=options.known_kinds,
            help="Only artefacts of this kind of stage, such as synthesise. Repeatable.",
        ),
    ] = [],  # noqa: B006 - typer copies it
    total: Annotated[
        int | None,
        typer.Option("--to", metavar="SIZE", parser=_size, help="Only as much as brings the store down to a size, such as 10GB."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove without asking.")] = False,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Remove artefacts, those first that were not used for longest; a run that needs one makes it anew.

    What a run is making, or reads, or has used within the last hour stays. Without a terminal and without --yes it only tells.
    """
    from augbench.store.housekeeping import in_use, prunable

    if older is None and total is None and not kinds:
        raise NothingChosen
    shelf = _open(store)
    chosen = prunable(shelf.inventory(), now=time.time(), older=older or 0.0, kinds=kinds, total=total, spared=in_use(shelf.leases()))
    if chosen and not as_json:
        data().print(_by_kind(chosen))
    agreed = bool(chosen) and (yes or _asked(chosen))
    # A run may have begun while somebody read the question.
    spared = in_use(shelf.leases()) if agreed else frozenset()
    removed = [item for item in chosen if agreed and item.key not in spared]
    for item in removed:
        shelf.forget(item.key)
    if as_json:
        print_json({"store": shelf.location, "removed": agreed, "bytes": _bytes(chosen), "artefacts": [asdict(item) for item in chosen]})
    talk().print(_outcome(chosen, removed, agreed=agreed), markup=False)


def collect_garbage(
    dry: Annotated[bool, typer.Option("--dry-run", help="Remove nothing.")] = False,
    store: options.Store = None,
    as_json: options.Json = False,
) -> None:
    """Remove what nobody needs: unfinished artefacts of killed runs, checkpoints of finished stages, damaged artefacts, dead leases.

    What a living process writes or holds stays.
    """
    shelf = _open(store)
    leftovers = list(shelf.leftovers())
    for leftover in [] if dry else leftovers:
        shelf.discard(leftover)
    if as_json:
        print_json(
            {"store": shelf.location, "removed": not dry, "bytes": _bytes(leftovers), "leftovers": [asdict(one) for one in leftovers]}
        )
    elif leftovers:
        data().print(_by_what(leftovers))
    told = f"{'would remove' if dry else 'removed'} {many(len(leftovers), 'leftover')}, {size(_bytes(leftovers))}"
    talk().print(told if leftovers else "nothing is left over", markup=False)


def _open(location: str | None) -> Store:
    from augbench.engine.asking import default_store
    from augbench.store.opening import open_store

    return open_store(location or default_store())


def _damaged(shelf: Store, items: list[Item]) -> list[tuple[Item, str]]:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    console, found = talk(), []
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("checking", total=_bytes(items))
        for item in items:
            if why := shelf.check(item.key):
                found.append((item, why))
            progress.advance(task, item.bytes)
    return found


def _asked(chosen: list[Item]) -> bool:
    if not sys.stdin.isatty() or not sys.stderr.isatty():
        return False
    return typer.confirm(f"Remove {many(len(chosen), 'artefact')}, {size(_bytes(chosen))}?", err=True)


def _outcome(chosen: list[Item], removed: list[Item], *, agreed: bool) -> str:
    if not chosen:
        return "nothing to remove"
    if not agreed:
        return f"nothing was removed; with --yes {many(len(chosen), 'artefact')} would be, {size(_bytes(chosen))}"
    return f"removed {many(len(removed), 'artefact')}, {size(_bytes(removed))}"


def _by_kind(items: Iterable[Item]) -> Table:
    table = Table("stage", "artefacts", "size", "last used")
    for row in _kinds(items):
        table.add_row(str(row["kind"]), count(int(row["artefacts"])), size(int(row["bytes"])), ago(time.time() - float(row["used"])))
    return table


def _kinds(items: Iterable[Item]) -> list[dict[str, str | int | float]]:
    """Add up artefacts by kind, in the order in which stages run."""
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.kind, []).append(item)
    return [
        {"kind": kind, "artefacts": len(found[kind]), "bytes": _bytes(found[kind]), "used": max(item.used for item in found[kind])}
        for kind in sorted(found, key=_place)
    ]


def _every(items: Iterable[Item], labels: dict[str, str]) -> Table:
    table, now = Table("stage", "artefact", "key", "size", "made", "last used"), time.time()
    for item in items:
        label = labels.get(item.key, "its manifest is not readable")
        table.add_row(item.kind, label, item.key[:12], size(item.bytes), ago(now - item.made), ago(now - item.used))
    return table


def _by_what(leftovers: Iterable[Leftover]) -> Table:
    table, number, total = Table("left over", "number", "size"), Counter[str](), Counter[str]()
    for leftover in leftovers:
        number[leftover.what] += 1
        total[leftover.what] += leftover.bytes
    for what in number:
        table.add_row(what, count(number[what]), size(total[what]))
    return table


def _place(kind: str) -> int:
    from augbench.plan.tasks import REVISIONS

    return list(REVISIONS).index(kind)  # type: ignore[arg-type]


def _bytes(items: Iterable[Item | Leftover]) -> int:
    return sum(item.bytes for item in items)
