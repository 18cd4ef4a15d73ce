"""``bench plugins check``: whether components keep the laws of their kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from augbench.cli import options
from augbench.cli.console import data, print_json, talk
from augbench.cli.meant import Parameters
from augbench.cli.wording import examples
from augbench.values.components import KINDS
from augbench.values.errors import suggestion
from augbench.values.numbers import many

if TYPE_CHECKING:
    from rich.console import Console

    from augbench.registry.collect import Registry
    from augbench.registry.entries import Entry, Origin
    from augbench.testing.apart import Job, Refused
    from augbench.testing.checking import Verdict

EPILOG = examples(
    ("bench plugins check flip-mix", "by its name, in a few seconds"),
    ("bench plugins check ./my_mix.py --fast", "a file that is not installed, without the checks that take seconds"),
    ("bench plugins check augbench-flip-mix", "all that a distribution registers"),
    ("bench plugins check mixup --set low=0.0 --only weights-sum-to-one", "one law, with a parameter"),
    ("bench plugins check --laws augmenter", "what is demanded of an augmenter"),
)
_BROKEN = 1
_MISSING = re.compile(r" has no (?!parameter )")
_MARKS = {
    "kept": "[green]kept[/green]   ",
    "broken": "[bold red]broken[/bold red] ",
    "expected": "[yellow]known[/yellow]  ",
    "unexpected": "[bold red]kept![/bold red]  ",
    "not applicable": "[dim]-      [/dim]",
}


@dataclass(kw_only=True)
class _Subject:
    """A component that is checked, and what came of it."""

    name: str
    kind: str
    job: Job | None
    alone: bool
    """Whether somebody named it, and not only its distribution."""
    component: str = ""
    remarks: tuple[str, ...] = ()
    verdicts: list[Verdict] = field(default_factory=list)
    refused: Refused | None = None
    """Why there was nothing to judge."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def broken(self) -> bool:
        """Tell whether its author has something to mend."""
        refused = self.refused is not None and self.refused.what == "broken"
        return refused or not all(verdict.passed for verdict in self.verdicts)


def check_plugins(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME...",
            help="A name, kind:name, family/NAME, a distribution, module:Class, a file such as ./my_mix.py, or a table with parameters, "
            "such as [cyan]'{ use = \"mixup\", low = 0.0 }'[/cyan].",
            show_default=False,
        ),
    ] = None,
    sets: Parameters = [],  # noqa: B006 - typer copies it
    expected: Annotated[
        list[str],
        typer.Option("--expect", metavar="CHECK=REASON", help="A check that is known to fail, and why. Repeatable."),
    ] = [],  # noqa: B006
    only: Annotated[list[str], typer.Option("--only", metavar="CHECK", help="Only this check, such as pickles. Repeatable.")] = [],  # noqa: B006
    fast: Annotated[bool, typer.Option("--fast", help="Leave out what takes seconds: trials with all that is installed.")] = False,
    timeout: Annotated[float, typer.Option("--timeout", metavar="TIME", parser=options.duration, help="What one check may take.")] = "60s",  # type: ignore[assignment]
    laws: Annotated[str | None, typer.Option("--laws", metavar="KIND", help="List the laws of a kind, and check nothing.")] = None,
    as_json: options.Json = False,
) -> None:
    """Check that components keep the laws of their kind, each in a process of its own; exit with 1 where one breaks any.

    Each law is a line: kept, broken with what was seen and where, or '-' where it says nothing of the component.
    """
    if laws is not None:
        _print_laws(laws, as_json=as_json)
        return
    if not names:
        raise typer.BadParameter("name a component, a distribution or a file; --laws KIND lists what is demanded")
    subjects = list(_subjects(names, sets, _reasons(expected), only, fast=fast, timeout=timeout))
    for subject in subjects:
        _judge(subject, quiet=as_json)
    if as_json:
        print_json([_document(subject) for subject in subjects])
    else:
        _sum_up(subjects)
    if any(subject.alone and subject.refused is not None and subject.refused.what == "unbuilt" for subject in subjects):
        raise typer.Exit(2)
    if any(subject.broken for subject in subjects):
        raise typer.Exit(_BROKEN)


def _reasons(expected: Sequence[str]) -> dict[str, str]:
    said = [one.partition("=") for one in expected]
    for name, _, reason in said:
        if not reason.strip():
            raise typer.BadParameter(f"'{name}' is expected to fail without a reason; write --expect '{name or 'CHECK'}=WHY'")
    return {name.strip(): reason.strip() for name, _, reason in said}


def _subjects(
    names: Sequence[str], sets: Sequence[str], expected: dict[str, str], only: Sequence[str], *, fast: bool, timeout: float
) -> Iterator[_Subject]:
    from pathlib import Path

    from augbench.registry.discovery import discover
    from augbench.registry.local import load_local
    from augbench.testing.apart import Job, expect_to_import
    from augbench.testing.checking import known

    files = tuple(name for name in names if name.endswith(".py"))
    for reference in dict.fromkeys((*files, *_modules(names))):
        expect_to_import(reference, timeout)
    registry = discover()
    load_local(registry, files, Path())
    found = list(_found(names, registry))
    kinds = dict.fromkeys(kind for kind, *_ in found)
    known([*only, *expected], *kinds)
    for kind, name, use, alone in found:
        job = Job(
            kind=kind,
            use=use,
            sets=tuple(sets),
            plugins=files,
            checks=tuple(only) or None,
            house=not fast,
            expected_failures=expected,
            timeout=timeout,
        )
        yield _Subject(name=name, kind=kind, job=job if use else None, alone=alone)


def _found(names: Sequence[str], registry: Registry) -> Iterator[tuple[str, str, str, bool]]:
    """Yield kind, name, how a slot names it (nothing for a family as a whole), and whether it was named itself."""
    from augbench.cli.meant import addressed

    for name in names:
        _demand(name, registry)
        if entries := _registered_by(name, registry):
            yield from ((entry.kind, entry.address, _qualified(entry), False) for entry in entries)
        else:
            yield from ((kind, use, use, True) for kind, use in addressed(name, registry, KINDS))


def _modules(names: Sequence[str]) -> Iterator[str]:
    from augbench.cli.meant import module_of, used

    return filter(None, (module_of(used(name)) for name in names if not name.endswith(".py")))


def _demand(name: str, registry: Registry) -> None:
    """Raise ``UnknownComponent``, or ``NothingToCheck`` for a plugin without components; addresses and tables are others' to read."""
    from augbench.registry.absent import absent_anywhere
    from augbench.registry.installed import installation
    from augbench.values.plugin_errors import NothingToCheck

    if ":" in name or "{" in name or name.endswith(".py") or registry.find(name) or _registered_by(name, registry):
        return
    found = installation()
    if found.called(name):
        raise NothingToCheck(name, [failure for failure in registry.failures if _is_of(name, failure.origin)])
    raise absent_anywhere(registry, name, found.names())


def _registered_by(name: str, registry: Registry) -> list[Entry]:
    """Return what a distribution, a plugin or a file registers, unless a component has the name."""
    if ":" in name or "{" in name or registry.find(name):
        return []
    return [entry for entry in registry.entries if _is_of(name, entry.origin)]


def _is_of(name: str, origin: Origin) -> bool:
    from augbench.registry.installed import same

    return same(name) == same(origin.distribution) or name == origin.plugin


def _qualified(entry: Entry) -> str:
    """Name an entry so that no other is meant; a family as a whole is nothing that could be built."""
    if entry.family:
        return ""
    return entry.name if entry.origin.distribution.endswith(".py") else f"{entry.name}@{entry.origin.distribution}"


def _judge(subject: _Subject, *, quiet: bool) -> None:
    """Judge a component, and print each verdict as it comes."""
    from augbench.testing.apart import Begun, Refused, judged_apart

    if subject.job is None:
        subject.refused = Refused(what="unbuilt", why=f"it is a family: check one of it, such as {subject.name}")
        return
    out, talking = data(), talk()
    with talking.status(f"{escape(subject.name)}: starting") as status:
        for event in judged_apart(subject.job):
            if isinstance(event, Refused):
                subject.refused = event
            elif isinstance(event, Begun):
                if not subject.component and not quiet:
                    out.print(f"\n[bold]{escape(subject.name)}[/bold]  {subject.kind}  [dim]{escape(event.component)}[/dim]")
                    for remark in event.remarks:
                        out.print(f"[yellow]note[/yellow]              {escape(remark)}", soft_wrap=True)
                subject.component, subject.remarks = event.component, event.remarks
                status.update(f"{escape(subject.name)}: {escape(event.law)}")
            else:
                subject.verdicts.append(event)
                if not quiet:
                    _print(out, event)


def _print(out: Console, verdict: Verdict) -> None:
    seconds = f"{verdict.seconds:6.2f} s"
    law = escape(verdict.law)
    if verdict.status == "not applicable":
        out.print(f"{_MARKS[verdict.status]} [dim]{seconds}  {law}[/dim]\n{' ' * 18}[dim]{escape(verdict.why)}[/dim]", soft_wrap=True)
        return
    out.print(f"{_MARKS[verdict.status]} [dim]{seconds}[/dim]  {law}", soft_wrap=True)
    if verdict.status == "kept":
        return
    for line in (f"{verdict.check}: {verdict.why}", verdict.where):
        for part in filter(None, line.splitlines()):
            out.print(f"{' ' * 18}{part}", markup=False, soft_wrap=True)


def _sum_up(subjects: Sequence[_Subject]) -> None:
    out = data()
    out.print()
    for subject in subjects:
        out.print(_in_words(subject), markup=False, soft_wrap=True)


def _in_words(subject: _Subject) -> str:
    """Sum up: ``augmenter flip-mix: 29 laws kept, 1 broken, 2 not applicable, in 4.1 s``."""
    if subject.refused is not None and not subject.verdicts:
        unbuilt = subject.job is not None and subject.refused.what == "unbuilt"
        hint = "; give it with --set KEY=VALUE" if unbuilt and _MISSING.search(subject.refused.why) else ""
        return f"{subject}: {'broken' if subject.refused.what == 'broken' else 'not checked'}: {subject.refused.why}{hint}"
    counts = {status: sum(verdict.status == status for verdict in subject.verdicts) for status in _MARKS}
    parts = [f"{many(counts['kept'], 'law')} kept"]
    parts += [f"{counts['broken']} broken"] if counts["broken"] else []
    parts += [f"{counts['expected']} broken as expected"] if counts["expected"] else []
    parts += [f"{counts['unexpected']} kept against expectation"] if counts["unexpected"] else []
    parts += [f"{counts['not applicable']} not applicable"] if counts["not applicable"] else []
    rest = f"; the others could not be checked: {subject.refused.why}" if subject.refused else ""
    return f"{subject}: {', '.join(parts)}, in {sum(verdict.seconds for verdict in subject.verdicts):.1f} s{rest}"


def _document(subject: _Subject) -> dict[str, Any]:
    return {
        "name": subject.name,
        "kind": subject.kind,
        "component": subject.component or None,
        "passed": not subject.broken and subject.refused is None,
        "refused": asdict(subject.refused) if subject.refused else None,
        "remarks": subject.remarks,
        "checks": [asdict(verdict) for verdict in subject.verdicts],
    }


def _print_laws(kind: str, *, as_json: bool) -> None:
    from augbench.testing.checking import checks_of

    if kind not in KINDS:
        raise typer.BadParameter(f"'{kind}' is no kind of component; {suggestion(kind, KINDS)}")
    checks = checks_of(kind)
    if as_json:
        print_json([{"check": check.name, "law": check.law, "fast": not check.house} for check in checks])
        return
    width = max(len(check.name) for check in checks)
    for check in checks:
        data().print(f"[bold]{check.name:{width}}[/bold]  {escape(check.law)}", soft_wrap=True)
