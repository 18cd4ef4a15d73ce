"""Say in words why stages run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from augbench.plan.keys import canonical
from augbench.plan.leaves import Difference
from augbench.plan.summary import Summary
from augbench.plan.tasks import BANK, REVISIONS, TABLE, Stage
from augbench.plan.why import Reasons, Why
from augbench.values.components import KINDS
from augbench.values.numbers import ABSENT, listing, many

Called = Callable[[str], str]
"""The name that a matrix uses for ``module:Class``."""
_MOST = 3
"""Differences, or causes, of one reason that are told; of the others, only how many there are."""
_NAMED = {"augment": "augmenter", "transforms": "augmenter", "predict": "adjustment"}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why several stages of a kind run."""

    kind: str
    stages: tuple[Stage, ...]
    why: Why
    """Of the first of them."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of a table of reasons."""

    kind: str
    count: int
    words: str
    nearest: str


def grouped(reasons: Reasons, stages: Iterable[Stage]) -> tuple[Reason, ...]:
    """Explain stages: those of a cell together, and then all of a kind that have one reason."""
    found: dict[tuple[Any, ...], tuple[Why, list[Stage]]] = {}
    for members in reasons.cells(stages):
        why = reasons.why(members[0])
        found.setdefault((why.kind, *map(_signature, why.roots())), (why, []))[1].extend(members)
    return tuple(Reason(kind=why.kind, stages=tuple(members), why=why) for why, members in found.values())


def brief(reasons: Iterable[Reason], called: Called) -> tuple[Line, ...]:
    """Tell each reason once, at the stage whose own it is; in the order in which stages run, those of most stages first."""
    reasons = tuple(reasons)
    own = {_signature(root) for reason in reasons for root in reason.why.roots() if root.kind == reason.kind}
    found: dict[tuple[str, str], Line] = {}
    for reason in reasons:
        roots = reason.why.roots()
        follows = all(root.kind != reason.kind and _signature(root) in own for root in roots)
        words = f"follows {listing(sorted({root.kind for root in roots}))}" if follows else reason_words(reason, called)
        nearest = "" if follows else nearest_words(reason.why.nearest)
        known = found.get((reason.kind, words), Line(kind=reason.kind, count=0, words=words, nearest=nearest))
        found[reason.kind, words] = replace(known, count=known.count + len(reason.stages))
    order = tuple(REVISIONS)
    return tuple(sorted(found.values(), key=lambda line: (order.index(line.kind), -line.count)))


def reason_words(reason: Reason, called: Called) -> str:
    """Say why several stages run, by what is at the root of it."""
    if reason.why.answer == "resample":
        return _new(reason.stages, reason.why, called)
    roots = reason.why.roots()
    told = [_root(root, called, within=reason.kind) for root in roots[:_MOST]]
    return "; ".join([*dict.fromkeys(told), *([f"{len(roots) - _MOST} more"] if len(roots) > _MOST else [])])


def why_words(why: Why, called: Called) -> str:
    """Say why one stage runs, with the chain of stages that it follows from."""
    told = [] if why.answer == "inputs" else [_root(why, called, within=why.kind)]
    told += [f"its {_role(cause.role)} is another ({cause.why.label}: {why_words(cause.why, called)})" for cause in why.causes[:_MOST]]
    return "; ".join([*told, *([f"{len(why.causes) - _MOST} more"] if len(why.causes) > _MOST else [])])


def why_lines(why: Why, called: Called, indent: str = "") -> list[str]:
    """Say why one stage runs, setting by setting and cause by cause."""
    told = [difference_words(one, called) for one in why.differences] if why.answer == "settings" else []
    told += [] if why.answer in ("settings", "inputs") else [_root(why, called, within=why.kind)]
    found = [f"{indent}{line}" for line in told]
    for cause in why.causes:
        found += [f"{indent}its {_role(cause.role)} is another, of {cause.why.label}:", *why_lines(cause.why, called, f"{indent}  ")]
    return found


def nearest_words(nearest: Summary | None) -> str:
    """Name the nearest artefact and the day when it was made."""
    if nearest is None:
        return ""
    day = f", {datetime.fromtimestamp(nearest.made).date().isoformat()}" if nearest.made else ""
    return f"{nearest.label}{day}"


def difference_words(one: Difference, called: Called) -> str:
    """Say what one setting was and is."""
    if one.what in ("code", "content"):
        return f"{'code' if one.what == 'code' else 'files'} of {_kind(one.path)} {called(one.component or '')} changed"
    if one.what == "input":
        return f"{_role(one.path)} is {'read now' if one.before is None else 'no longer read'}"
    if one.path == "data":
        return f"data changed (digest {_short(one.before)} -> {_short(one.after)})"
    if one.path in ("revision", "key-schema"):
        return f"augbench changed ({one.path} {one.before} -> {one.after})"
    if one.path == "target":
        return f"class {one.after} instead of {one.before}" if one.before and one.after else "it learns other classes"
    return f"{one.path}: {_value(one.before, one.what, called)} -> {_value(one.after, one.what, called)}"


def _root(why: Why, called: Called, within: str) -> str:
    match why.answer:
        case "first":
            words = "none is stored yet"
        case "another":
            words = "another one was read before"
        case "gone":
            words = "it was made before, and is gone"
        case "resample":
            words = ", ".join(
                f"new {one.path} {one.after}" if one.path in ("seed", "fold") else difference_words(one, called) for one in why.differences
            )
        case _:
            found = [difference_words(one, called) for one in why.differences]
            words = ", ".join([*found[:_MOST], *([f"{many(len(found) - _MOST, 'more difference')}"] if len(found) > _MOST else [])])
    return words if why.kind == within else f"{why.kind}: {words}"


def _signature(root: Why) -> tuple[Any, ...]:
    """Return what makes two reasons one; that of a new seed is the same for each."""
    if root.answer == "resample":
        return root.kind, root.answer, *(one.path for one in root.differences)
    return root.kind, root.answer, *((one.path, one.what, canonical(one.before), canonical(one.after)) for one in root.differences)


def _new(stages: Iterable[Stage], why: Why, called: Called) -> str:
    """Say which seeds and folds are new."""
    told = []
    for one in why.differences:
        values = sorted({getattr(stage.resample, one.path) for stage in stages} - {None}) if one.path in ("seed", "fold") else []
        names = listing(list(map(str, values)))
        told.append(f"new {one.path}{'s' * (len(values) > 1)} {names}" if values else difference_words(one, called))
    return ", ".join(told)


def _value(value: Any, what: str, called: Called) -> str:
    if value is None:
        return ABSENT
    if isinstance(value, list):
        return f"[{', '.join(_value(item, what, called) for item in value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return called(value) if what == "component" and isinstance(value, str) else str(value)


def _kind(path: str) -> str:
    """Name the kind of component that stands at a path."""
    first, *_, last = path.split(".") * 2
    return _NAMED.get(first) or (last if last in KINDS else "component")


def _role(role: str) -> str:
    """Name what a stage reads."""
    kind, _, name = role.partition("/")
    return {BANK: f"bank of {name}", TABLE: f"table of {name}"}.get(f"{kind}/", role)


def _short(digest: Any) -> str:
    return str(digest)[:8]
