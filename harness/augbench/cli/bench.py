"""``bench plugins bench``: how fast components are, and how much memory they take, beside the built-in ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from augbench.cli import options
from augbench.cli.console import data, print_json, talk
from augbench.cli.meant import Names, Parameters, meant
from augbench.cli.watching import watching_work
from augbench.cli.wording import examples
from augbench.values.errors import AugbenchError
from augbench.values.numbers import ABSENT, PLUS_MINUS, count, many, size

if TYPE_CHECKING:
    from rich.table import Table

    from augbench.engine.benching import Speed
    from augbench.engine.noise import Bench
    from augbench.engine.rounds import Ratio, Spread, Watch
    from augbench.engine.trying import Subject
    from augbench.engine.watching import Watcher
    from augbench.registry.collect import Registry

EPILOG = examples(
    ("bench plugins bench mixup", "beside all built-in mixers of two images"),
    ("bench plugins bench ./my_mix.py --against mixup,cutmix", "a file of your own, beside two of them"),
    ("bench plugins bench backbone:timm/resnet18 --size 224 --device cuda", "a network's training step and forward pass"),
    ("bench plugins bench mixup --json | jq '.[].ratio'", "for scripts"),
)
BUILT_INS = "built-ins"
"""The distribution whose components are built in."""
_BAR = 24


def bench(
    names: Names,
    sets: Parameters = [],  # noqa: B006 - typer copies it
    device: options.Device = "auto",
    side: Annotated[int, typer.Option("--size", metavar="N", min=8, max=2048, help="Height and width of images.")] = 64,
    batch: Annotated[int, typer.Option("--batch", metavar="N", min=1, max=65536, help="Images of a batch.")] = 32,
    channels: Annotated[int, typer.Option("--channels", metavar="N", min=1, max=64, help="Channels of an image.")] = 3,
    threads: Annotated[int, typer.Option("--threads", metavar="N", min=1, help="CPU threads; a run uses one a stage.")] = 1,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="TIME", parser=options.duration, help="How long each component is measured.")
    ] = "0.5",  # type: ignore[assignment]
    against: Annotated[
        str,
        typer.Option("--against", metavar="NAMES", help="What they are compared with: built-ins, or names apart by commas; '' is nothing."),
    ] = BUILT_INS,
    limit: Annotated[
        float, typer.Option("--limit", metavar="TIME", parser=options.duration, help="What one call of a component may take.")
    ] = "120s",  # type: ignore[assignment]
    as_json: options.Json = False,
) -> None:
    """Measure components on made-up images, on the device at hand: how much they do a second, and the memory that it takes.

    All are called in turn, round by round, so that a busy machine hurts all alike; ratios are to the first of the others.
    """
    from augbench.registry.discovery import discover

    registry = discover()
    named = meant(names, registry, sets)
    field = _Field(registry=registry, against=against, named=named)
    with talk().status("Making ready"):
        import torch

        from augbench.engine.devices import choose_devices
        from augbench.engine.noise import Bench
        from augbench.engine.workloads import demanded

        for subject in named:
            demanded(subject)
        stand = Bench(device=torch.device(choose_devices(device)[0]), size=side, batch=batch, channels=channels, limit=limit)
        from augbench.engine.clocks import watch_for

        watch, measures = watch_for(stand.device, threads)
    timing = _Timing(stand=stand, seconds=seconds, threads=threads, watch=watch, measures=measures)
    told = []
    with watching_work(talk()) as watcher:
        for group in _groups(named):
            told.append((group, *_measured(group, field, timing, watcher)))
    if as_json:
        print_json([row for group, speeds, _ in told for row in _rows(group, speeds, timing)])
        return
    for group, speeds, left in told:
        _print(group, speeds, left, timing)


class _Field:
    """Who components are compared with."""

    def __init__(self, *, registry: Registry, against: str, named: Sequence[Subject]) -> None:
        self._registry, self._against = registry, against
        kinds = list(dict.fromkeys(subject.kind for subject in named))
        names = [name.strip() for name in against.split(",") if name.strip()]
        self._chosen = None if against == BUILT_INS else meant(names, registry, kinds=kinds)

    def beside(self, group: Sequence[Subject]) -> list[Subject]:
        """Return the others, the reference first."""
        first = group[0]
        others = self._built_in(first.kind) if self._chosen is None else self._chosen
        return [other for other in others if _place(other) == _place(first)]

    def _built_in(self, kind: str) -> list[Subject]:
        entries = [entry for entry in self._registry.entries if entry.kind == kind and not entry.family]
        found = []
        for entry in entries:
            if entry.origin.built_in:
                try:
                    whole = f"{kind}:{entry.name}@{entry.origin.distribution}"
                    found += [replace(one, name=entry.name) for one in meant([whole], self._registry)]
                except AugbenchError:  # one that needs parameters, or an extra
                    continue
        return found


def _place(subject: Subject) -> tuple[str, int]:
    """Return what components must have in common to be compared."""
    return subject.kind, getattr(subject.component, "arity", 0)


def _groups(named: Sequence[Subject]) -> list[list[Subject]]:
    found: dict[tuple[str, int], list[Subject]] = {}
    for subject in named:
        found.setdefault(_place(subject), []).append(subject)
    return list(found.values())


@dataclass(frozen=True, kw_only=True)
class _Timing:
    """How all are timed."""

    stand: Bench
    seconds: float
    threads: int
    watch: Watch
    measures: str
    """What the watch measures, in words."""


def _measured(group: Sequence[Subject], field: _Field, timing: _Timing, watcher: Watcher) -> tuple[list[Speed], list[str]]:
    """Measure components of one kind and those beside them; tell which of the latter do not suit."""
    from augbench.engine.benching import bench_all, suiting

    others, left = suiting(field.beside(group), timing.stand)
    own = [subject for subject in group if all(subject.component != other.component for other in others)]
    # The reference comes first.
    subjects = [*others[:1], *own, *others[1:]]
    watcher.began(f"timing {many(len(subjects), 'component')}", "parts")
    return bench_all(subjects, timing.stand, timing.seconds, timing.threads, timing.watch, watcher.moved), left


def _rows(group: Sequence[Subject], speeds: Sequence[Speed], timing: _Timing) -> list[dict[str, Any]]:
    """Return what was measured, for scripts; what was not is left out."""
    stand = timing.stand
    return [
        {
            "kind": speed.subject.kind,
            "name": speed.subject.name,
            "settings": speed.subject.settings,
            "named": _is_named(speed, group),
            "device": str(stand.device),
            "threads": timing.threads,
            "time": timing.measures,
            "batch": stand.batch,
            "shape": stand.shape,
            "rates": [asdict(rate) for rate in speed.rates],
        }
        | ({"memory": asdict(speed.memory)} if speed.memory else {})
        | ({"ratio": {"to": speeds[0].subject.name, **asdict(speed.ratio)}} if speed.ratio else {})
        for speed in speeds
    ]


def _is_named(speed: Speed, group: Sequence[Subject]) -> bool:
    return any(speed.subject.component == subject.component for subject in group)


def _print(group: Sequence[Subject], speeds: Sequence[Speed], left: Sequence[str], timing: _Timing) -> None:
    from rich.text import Text

    console, stand = data(), timing.stand
    kind, arity = _place(group[0])
    channels, height, width = stand.shape
    what = f"{kind} of {many(arity, 'image')}" if arity else kind
    where = f"{stand.device}, {many(timing.threads, 'thread')}" if stand.device.type == "cpu" else str(stand.device)
    console.print(Text(f"{what}: on {where}, batches of {count(stand.batch)} images of {channels} x {height} x {width}"))
    console.print(_table(group, speeds))
    rounds = min(speed.compared.per_second.rounds for speed in speeds)
    spread = f"{PLUS_MINUS.strip()} half the distance of their quartiles" + "; ratios with 95% intervals" * (len(speeds) > 1)
    talk().print(f"Medians of {count(rounds)} rounds, {spread}. Measured is {timing.measures}.", markup=False)
    if memory := next((speed.memory for speed in speeds if speed.memory), None):
        talk().print(f"Memory: {memory.how}.", markup=False)
    for sentence in left:
        talk().print(sentence, markup=False)


def _table(group: Sequence[Subject], speeds: Sequence[Speed]) -> Table:
    from rich.table import Column, Table
    from rich.text import Text

    parts = [(rate.part, rate.unit) for rate in speeds[0].rates]
    heads = [Column(f"{part}, {unit}/s", justify="right") for part, unit in parts]
    compared, known_memory = len(speeds) > 1, any(speed.memory for speed in speeds)
    memory = [Column("memory", justify="right")] if known_memory else []
    last = [Column(f"times {speeds[0].subject.name}")] if compared else []
    table = Table("name", *heads, Column("", no_wrap=True), *memory, *last)
    # What is counted in another unit has no bar beside the others', and comes last.
    unit = speeds[0].compared.unit
    fastest = max(speed.compared.per_second.median for speed in speeds if speed.compared.unit == unit)
    for speed in sorted(speeds, key=lambda each: (each.compared.unit != unit, -each.compared.per_second.median)):
        known = {rate.part: rate for rate in speed.rates}
        cells = [_rate(known[part].per_second) if part in known and known[part].unit == unit else ABSENT for part, unit in parts]
        bar = "█" * max(1, round(_BAR * speed.compared.per_second.median / fastest)) if speed.compared.unit == unit else ""
        taken = [size(speed.memory.bytes) if speed.memory else ABSENT] if known_memory else []
        name = Text(" ".join(filter(None, (speed.subject.name, speed.subject.settings))), style="bold" * _is_named(speed, group))
        table.add_row(name, *cells, bar, *taken, *(["1" if speed is speeds[0] else _ratio(speed.ratio)] if compared else []))
    return table


def _rate(spread: Spread) -> str:
    """Write ``12,300 ± 2%``."""
    number = spread.median
    text = f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
    if spread.rounds < 2:
        return text
    return f"{text}{PLUS_MINUS}{50 * (spread.high - spread.low) / number:.0f}%"


def _ratio(ratio: Ratio | None) -> str:
    if ratio is None:
        return ABSENT
    if ratio.interval is None:
        return f"{ratio.median:.2f}"
    return f"{ratio.median:.2f} [{ratio.interval[0]:.2f}, {ratio.interval[1]:.2f}]"
