"""Why a stage will run: how it differs from what is stored, followed through the stages that it reads to the root."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from augbench.plan.keys import Key
from augbench.plan.leaves import Difference, differences
from augbench.plan.nearest import Candidate, Index, Look, index, look_of
from augbench.plan.summary import Summary
from augbench.plan.tasks import Stage

Answer = Literal["first", "settings", "resample", "inputs", "another", "gone"]
"""``first``: nothing of this kind is stored; ``settings``: they differ from those of the nearest; ``resample``: only the seed or
the fold is new; ``inputs``: it reads what is made anew, or something else than the nearest did; ``another``: of an input that is
stored, but is not the one that the nearest read, of which nothing is known any more; ``gone``: it was made, and is not there."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """An input that differs."""

    role: str
    """As the stage calls it: ``prepared``, ``classifier``, ``bank/NAME``."""
    why: Why


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why a stage runs."""

    kind: str
    label: str
    answer: Answer
    differences: tuple[Difference, ...] = ()
    """Setting by setting, where these differ; ``seed``, ``fold``, ``folds`` and ``data`` among them."""
    causes: tuple[Cause, ...] = ()
    """For ``inputs``; for ``settings``, inputs that differ by something else beside."""
    nearest: Summary | None = None

    def roots(self) -> tuple[Why, ...]:
        """Return the reasons at the ends of the chain, each once."""
        found = [] if self.answer == "inputs" else [self]
        found += [root for cause in self.causes for root in cause.why.roots()]
        return tuple(one for place, one in enumerate(found) if not _told_elsewhere(place, found))

    def as_json(self) -> dict[str, Any]:
        """Return the reason for scripts."""
        nearest = self.nearest
        return {
            "answer": self.answer,
            "stage": self.label,
            "kind": self.kind,
            "differences": [asdict(one) for one in self.differences],
            "causes": [{"role": cause.role, **cause.why.as_json()} for cause in self.causes],
            "nearest": {"key": nearest.key, "label": nearest.label, "made": nearest.made} if nearest else None,
        }


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """Explains the stages of one plan."""

    planned: Mapping[Key, Stage]
    stored: Container[Key]
    made: Container[Key]
    known: Index
    _told: dict[tuple[Key, Key], Why] = field(default_factory=dict)
    _nearest: dict[Key, Candidate | None] = field(default_factory=dict)

    def why(self, stage: Stage) -> Why:
        """Compare a stage with the nearest artefact."""
        if stage.key in self.made:
            return Why(kind=stage.kind, label=stage.label, answer="gone")
        nearest = self.nearest(stage)
        if nearest is None:
            return Why(kind=stage.kind, label=stage.label, answer="first")
        return self.against(stage, nearest)

    def nearest(self, stage: Stage) -> Candidate | None:
        """Return the artefact that is most like a stage, and read what is most like its inputs."""
        if stage.key in self.known.by_key:
            return self.known.by_key[stage.key]
        if stage.key not in self._nearest:
            inputs = {role: self.nearest(self.planned[key]) for role, key in stage.inputs.items()}
            expected = {role: one.summary.key for role, one in inputs.items() if one}
            self._nearest[stage.key] = self.known.nearest(look_of(stage), expected)
        return self._nearest[stage.key]

    def cells(self, stages: Iterable[Stage]) -> Iterable[list[Stage]]:
        """Group stages that differ in nothing but seed and fold, also in what they read; those of seeds without artefact apart."""
        places: dict[tuple[Hashable, ...], int] = {}
        cells: dict[Key, int] = {}
        for key, stage in self.planned.items():
            digest = stage.resample.digest if stage.resample else None
            place = stage.kind, stage.settings, digest, *(cells[read] for read in stage.inputs.values())
            cells[key] = places.setdefault(place, len(places))
        groups: dict[tuple[int, bool], list[Stage]] = {}
        for stage in stages:
            groups.setdefault((cells[stage.key], self.seen(stage)), []).append(stage)
        return groups.values()

    def seen(self, stage: Stage) -> bool:
        """Tell whether a stage of equal settings, seed and fold is stored."""
        resample = stage.resample
        return resample is None or (stage.kind, stage.settings, resample.digest, resample.text) in self.known.exact

    def against(self, stage: Stage, other: Candidate) -> Why:
        """Tell what is otherwise in a stage than in an artefact."""
        told = self._told.get((stage.key, other.summary.key))
        if told is None:
            told = self._told[stage.key, other.summary.key] = self._against(stage, other)
        return told

    def _against(self, stage: Stage, other: Candidate) -> Why:
        own = look_of(stage)
        resample = _resample(own, other.look)
        told: dict[str, Any] = {"kind": stage.kind, "label": stage.label, "nearest": other.summary}
        settings = (*_versions(own, other.look), *differences(other.look.leaves, own.leaves))
        causes = tuple(
            cause
            for cause in self._causes(own, other.look)
            if any(_news(root, settings) and (not resample or root.answer != "resample") for root in cause.why.roots())
        )
        if settings:
            # The nearest may well be of another seed: that is no reason beside a setting.
            found = (*settings, *(one for one in resample if one.path not in ("seed", "fold")))
            return Why(answer="settings", differences=found, causes=causes, **told)
        if causes:
            return Why(answer="inputs", causes=causes, **told)
        return Why(answer="resample" if resample else "gone", differences=resample, **told)

    def _causes(self, own: Look, other: Look) -> tuple[Cause, ...]:
        roles = [role for role in sorted({**own.inputs, **other.inputs}) if own.inputs.get(role) != other.inputs.get(role)]
        return tuple(Cause(role=role, why=self._input(role, own, other)) for role in roles)

    def _input(self, role: str, own: Look, other: Look) -> Why:
        """Tell why an input is another than the one that was read."""
        key, before = own.inputs.get(role), other.inputs.get(role)
        stage = self.planned.get(key or "")
        if stage is None or before is None:
            change = Difference(path=role, what="input", before=before, after=key)
            return Why(kind=own.kind, label=role, answer="settings", differences=(change,))
        if known := self.known.by_key.get(before):
            return self.against(stage, known)
        return Why(kind=stage.kind, label=stage.label, answer="another") if stage.key in self.stored else self.why(stage)


def reasons(stages: Iterable[Stage], summaries: Iterable[Summary], stored: Container[Key] = (), made: Container[Key] = ()) -> Reasons:
    """Prepare to explain a plan's stages by artefacts, the newest first.

    ``stored`` are the keys of all artefacts, also of those that are not among ``summaries``; ``made`` are stages that were
    made once, whether or not they are still there.
    """
    known = index(summaries)
    return Reasons(planned={stage.key: stage for stage in stages}, stored=stored or known.by_key, made=made, known=known)


def _told_elsewhere(place: int, roots: list[Why]) -> bool:
    """Tell whether a reason is one of those before it, or a part of any other."""
    own = roots[place]
    for other_place, other in enumerate(roots):
        if other_place == place or (own.kind, own.answer, own.differences) == (other.kind, other.answer, other.differences):
            if other_place < place:
                return True
        elif own.differences and len(own.differences) < len(other.differences) and all(one in other.differences for one in own.differences):
            return True
    return False


def _news(root: Why, told: tuple[Difference, ...]) -> bool:
    """Tell whether a reason says anything beside the settings that were told."""
    return not told or any(one not in told and one.what != "input" for one in root.differences)


def _versions(own: Look, other: Look) -> tuple[Difference, ...]:
    pairs = zip(("revision", "key-schema"), other.revision, own.revision, strict=True)
    return tuple(Difference(path=path, before=before, after=after) for path, before, after in pairs if before != after)


def _resample(own: Look, other: Look) -> tuple[Difference, ...]:
    names = {"seed": "seed", "fold": "fold", "folds": "folds", "digest": "data"}
    found = [Difference(path=path, before=other.resample.get(name), after=own.resample.get(name)) for name, path in names.items()]
    return tuple(one for one in found if one.before != one.after)
