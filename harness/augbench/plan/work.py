"""How much a stage has to do, so that the cost of one tells that of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from augbench.plan.keys import Key, canonical
from augbench.plan.tasks import PREPARED, PrepareTask, Stage
from augbench.values.data import Probe

Document = Mapping[str, Any]
_MAIN = {
    "prepare": "dataset",
    "fit-generator": "generator",
    "synthesise": "generator",
    "assess": "quality.features",
    "tables": "augmenter",
    "train": "backbone",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """How much a stage has to do."""

    main: str
    """The component that does most of it: the work of another cannot be compared."""
    images: float
    """Images that pass through it, counted with repetition."""
    size: int | None
    """Numbers of an image, channels x height x width; None where nobody knows."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a plan knows of its data sets."""

    probes: Mapping[str, Probe]
    """By digest."""
    sizes: Mapping[Key, int]
    """Numbers of a prepared image, by the key of its prepare stage."""

    def work(self, kind: str, key: Key, identity: Document) -> Work | None:
        """Measure the work of a stage by its identity; None where too little is known."""
        settings, inputs = identity.get("settings") or {}, identity.get("inputs") or {}
        digest = at(identity, "settings.data") or at(identity, "resample.digest")
        try:
            images = _images(kind, settings, identity.get("resample") or {}, self.probes.get(digest))
        except (KeyError, TypeError, AttributeError):
            # An artefact of another version of the harness, whose settings read otherwise.
            return None
        if images is None:
            return None
        return Work(main=_main(kind, settings), images=images, size=self.size(key, inputs))

    def size(self, key: Key, inputs: Mapping[str, Key]) -> int | None:
        """Return the numbers of an image that a stage sees."""
        return self.sizes.get(inputs.get(PREPARED, key))


def known(stages: Iterable[Stage], probes: Iterable[Probe]) -> Known:
    """Gather what tells the sizes of a plan's stages."""
    by_digest = {probe.digest: probe for probe in probes}
    sizes = {}
    for stage in stages:
        if isinstance(stage.template, PrepareTask):
            probe = by_digest.get(at(stage.identity, "settings.data"))
            shape = stage.template.resize.shape() if stage.template.resize else probe.size if probe else None
            if probe and shape:
                sizes[stage.key] = probe.channels * prod(shape)
    return Known(probes=by_digest, sizes=sizes)


def at(document: Any, path: str) -> Any:
    """Return what stands at a dotted path, or None."""
    for key in path.split("."):
        document = document.get(key) if isinstance(document, Mapping) else None
    return document


def _main(kind: str, settings: Document) -> str:
    part = at(settings, _MAIN[kind]) if kind in _MAIN else None
    if not isinstance(part, Mapping):
        return ""
    # Networks of one family differ by their parameters; elsewhere parameters matter less than having any measurement.
    return canonical([part.get("component"), part.get("parameters")]) if kind == "train" else str(part.get("component"))


def _images(kind: str, settings: Document, resample: Document, probe: Probe | None) -> float | None:
    match kind:
        case "fit-generator":
            return _fitted(settings["fit"])
        case "synthesise":
            return float(settings["count"])
        case "assess":
            return float(settings["quality"]["images"])
        case "train":
            return _trained(settings, resample, probe)
        case "prepare":
            return float(sum(map(sum, probe.counts.values()))) if probe else None
        case "evaluate":
            return float(sum(probe.counts["test"])) if probe else None
        case _:
            return _originals(resample, probe)


def _fitted(fit: Document) -> float:
    """Count the images of all updates of a generator and its critic; a fit without iterations is one piece of work."""
    return float(fit.get("iterations", 1) * (fit.get("n-critic", 0) + 1) * fit.get("batch-size", 1))


def _trained(settings: Document, resample: Document, probe: Probe | None) -> float | None:
    length = settings["training"]["length"]
    if length["steps"]:
        return float(length["steps"] * settings["size"])
    originals = _originals(resample, probe)
    if originals is None:
        return None
    return float(length["epochs"] * (originals + (sum(settings["bank-size"].values()) if length["of"] == "pool" else 0)))


def _originals(resample: Document, probe: Probe | None) -> float | None:
    """Count the original images that a stage sees."""
    if probe is None:
        return None
    if not resample.get("folds"):
        return float(sum(probe.counts["train"]))
    held_out = 0 if resample.get("fold") is None else 1
    return float(sum(probe.pooled()) * (1 - held_out / resample["folds"]))
