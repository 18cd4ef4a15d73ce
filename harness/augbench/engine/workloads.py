"""What is timed of a component of each kind: the same work as in a run, on made-up images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from augbench.engine.composing import suited
from augbench.engine.material import Material
from augbench.engine.noise import Bench
from augbench.engine.rounds import Call
from augbench.engine.trying import Subject
from augbench.values.augmenting import Augmenter, DrawContext
from augbench.values.components import Reason
from augbench.values.data import Resize
from augbench.values.learning import Adjustment, AdjustmentContext, Backbone, BackboneContext, Loss, LossContext, Optimizer, Schedule
from augbench.values.quality import Features
from augbench.values.sampling import Block, Sampler
from augbench.values.streams import Streams
from augbench.values.synthesis import Fit, Generator, TrainingView
from augbench.values.trial_errors import NothingToTime, Unsuited

if TYPE_CHECKING:
    import torch

STREAMS = Streams.of(seed=0)
_UPDATES = 4
"""Of a generator's fit; what it takes to begin counts, too."""
_SIDE = 512
"""Of the square matrices that an optimizer updates."""
_PARAMETERS = 4


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that a component does again and again."""

    name: str
    unit: str
    call: Call
    amount: float
    """Units of one call."""
    joined: bool = False
    """Whether its time and that of the other joined parts add up to the time of one unit."""


Result = TypeVar("Result")
Prepare = Callable[[Subject, Bench, Material], tuple[Part, ...]]


def workload(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    """Make ready what is timed of a component.  Raise ``NothingToTime``, ``Unsuited``, or what ``Subject.trial`` raises."""
    prepare = demanded(subject)
    if (reason := refusal(subject, bench, material)) is not None:
        raise Unsuited(subject.kind, subject.name, reason, "choose another --size or --channels")
    with subject.trial(bench.limit):
        return prepare(subject, bench, material)


def demanded(subject: Subject) -> Prepare:
    """Return what makes a component of its kind ready.  Raise ``NothingToTime``."""
    prepare = WORKLOADS.get(subject.kind)
    if prepare is None:
        raise NothingToTime(subject.kind, subject.name, tuple(WORKLOADS))
    return prepare


def refusal(subject: Subject, bench: Bench, material: Material) -> Reason | None:
    """Return why a component cannot serve such images, or None; what a sampler needs of a mix is found for it."""
    return None if subject.kind == "sampler" else subject.refusal(material.facts(bench.batch), bench.limit)


def _augmenter(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    import torch

    from augbench.stages import promises
    from augbench.stages.batches import BLOCK_STEPS

    augmenter, labels = cast("Augmenter", subject.component), material.labels()
    chosen = torch.randint(len(labels), (BLOCK_STEPS * bench.batch, augmenter.arity), generator=STREAMS.rng("bench/sources"))
    counts = torch.tensor(material.counts)
    context = DrawContext(steps=BLOCK_STEPS, per_step=bench.batch, shape=bench.shape, labels=labels[chosen], class_counts=counts)
    sources = torch.rand((bench.batch, augmenter.arity, *bench.shape), generator=STREAMS.rng("bench/pixels")).to(bench.device)
    rng = STREAMS.rng("bench/draws")
    drawn = promises.drawn(augmenter, augmenter.draw(context, rng), context.count).to(bench.device)[: bench.batch]
    promises.mixed(augmenter, augmenter.apply(sources, drawn), sources)
    return (
        # A block of steps is drawn at once, as in a training.
        Part(
            name="draw",
            unit="images",
            call=lambda: augmenter.draw(context, rng).to(bench.device),
            amount=BLOCK_STEPS * bench.batch,
            joined=True,
        ),
        Part(name="apply", unit="images", call=lambda: augmenter.apply(sources, drawn), amount=bench.batch, joined=True),
    )


def _sampler(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    from augbench.stages import promises
    from augbench.stages.batches import BLOCK_STEPS

    sampler = cast("Sampler", subject.component)
    context = replace(suited(subject, material, bench.limit), size=bench.batch).at(Block(first=0, steps=BLOCK_STEPS))
    promises.composed(sampler, sampler.compose(context), context)
    return (Part(name="compose", unit="batches", call=lambda: sampler.compose(context), amount=BLOCK_STEPS),)


def _loss(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    import torch

    from augbench.stages import promises

    loss, counts = cast("Loss", subject.component), torch.tensor(material.counts, device=bench.device)
    logits = torch.randn((bench.batch, len(counts)), generator=STREAMS.rng("bench/logits")).to(bench.device).requires_grad_()
    targets = torch.rand((bench.batch, len(counts)), generator=STREAMS.rng("bench/targets")).to(bench.device)
    targets = targets / targets.sum(1, keepdim=True)
    context = LossContext(prior=counts / counts.sum(), class_counts=counts, progress=0.5)

    promises.scalar(loss, loss.loss(logits, targets, context))

    def backward() -> None:
        logits.grad = None
        loss.loss(logits, targets, context).backward()

    return (Part(name="forward and backward", unit="batches", call=backward, amount=1),)


def _adjustment(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    import torch

    from augbench.stages import promises

    adjustment, counts = cast("Adjustment", subject.component), torch.tensor(material.counts)
    logits = torch.randn((bench.batch, len(counts)), generator=STREAMS.rng("bench/logits")).log_softmax(1)
    labels = torch.randint(len(counts), (bench.batch,), generator=STREAMS.rng("bench/labels"))
    context = AdjustmentContext(prior=counts / counts.sum(), class_counts=counts, validation=(logits, labels))
    promises.adjusted(adjustment, adjustment.adjust(logits, context), logits)
    return (Part(name="adjust", unit="images", call=lambda: adjustment.adjust(logits, context), amount=bench.batch),)


def _optimizer(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    import torch

    from augbench.stages import promises

    parameters = [torch.nn.Parameter(torch.zeros((_SIDE, _SIDE), device=bench.device)) for _ in range(_PARAMETERS)]
    for parameter in parameters:
        parameter.grad = torch.full_like(parameter, 1e-3)
    component = cast("Optimizer", subject.component)
    optimizer = promises.optimizer(component, component.build(parameters, 0.01))
    return (Part(name="step", unit="updates", call=optimizer.step, amount=1),)


def _schedule(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    schedule = cast("Schedule", subject.component)
    return (Part(name="factor", unit="steps", call=lambda: schedule.factor(700, 1400, 70.0), amount=1),)


def _backbone(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    import torch

    from augbench.stages.classifier import Classifier

    grey = (0.5,) * bench.channels
    # Not fresh: no weights need be fetched to time a network.
    context = BackboneContext(
        channels=bench.channels, size=(bench.size, bench.size), classes=len(material.counts), mean=grey, sd=grey, fresh=False
    )

    def build() -> Classifier:
        torch.manual_seed(STREAMS.seed("bench/weights"))
        return Classifier(cast("Backbone", subject.component).build(context)).to(bench.device)

    classifier = _forked(build, bench.device)().to(memory_format=torch.channels_last)
    images = torch.rand((bench.batch, *bench.shape), generator=STREAMS.rng("bench/pixels")).to(bench.device)
    images = images.contiguous(memory_format=torch.channels_last)
    labels = torch.randint(len(material.counts), (bench.batch,), generator=STREAMS.rng("bench/labels")).to(bench.device)

    def forward() -> None:
        with torch.inference_mode():
            classifier.eval()(images)

    def train() -> None:
        classifier.train().zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(classifier(images), labels).backward()

    return (
        Part(name="training step", unit="images", call=_forked(train, bench.device), amount=bench.batch),
        Part(name="forward", unit="images", call=forward, amount=bench.batch),
    )


def _forked(call: Callable[[], Result], device: torch.device) -> Callable[[], Result]:
    """Keep a call's use of torch's global streams, such as dropout's, to itself."""
    import torch

    def forked() -> Result:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            return call()

    return forked


def _features(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    import torch

    network = cast("Features", subject.component).build(bench.channels).module.to(bench.device)
    images = torch.rand((bench.batch, *bench.shape), generator=STREAMS.rng("bench/pixels")).to(bench.device)

    def forward() -> None:
        with torch.inference_mode():
            network(images)

    return (Part(name="forward", unit="images", call=forward, amount=bench.batch),)


def _resize(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    import numpy as np

    resize = cast("Resize", subject.component)
    height, width = resize.shape()
    image = np.random.default_rng(0).integers(0, 256, (2 * height, 2 * width, bench.channels), dtype=np.uint8)
    return (Part(name="apply", unit="images", call=lambda: resize.apply(image), amount=1),)


def _generator(subject: Subject, bench: Bench, material: Material) -> tuple[Part, ...]:
    generator = cast("Generator", subject.component)
    view = _view(generator, _fit_settings(generator, bench.batch), bench, material)
    fit = _forked(lambda: generator.fit(view, STREAMS.rng("bench/fit"), _untold), bench.device)
    fitted = fit()
    asked = replace(view, target=_target(material))
    rng = STREAMS.rng("bench/synthesise")
    iterative = "iterations" in generator.uses
    return (
        Part(name="fit", unit="updates" if iterative else "fits", call=fit, amount=_UPDATES if iterative else 1),
        Part(name="sample", unit="images", call=lambda: generator.sample(fitted, asked, bench.batch, rng), amount=bench.batch),
    )


def _untold(done: int, total: int, **numbers: float) -> None:
    """Let nobody know how far a fit has come."""


def _fit_settings(generator: Generator, batch: int) -> Fit:
    """Return a short fit, with as many critic updates as its official preset has."""
    official: Mapping[str, Any] = generator.presets.get("official", {}).get("fit", {})
    named = {key.replace("-", "_"): value for key, value in official.items()}
    return Fit(**{"n_critic": 1, "lr": 1e-4, **named, "batch_size": batch, "iterations": _UPDATES})


def _target(material: Material) -> int:
    """Return the first class of the minority, which is the largest of it."""
    return material.minority[0]


def _view(generator: Generator, settings: Fit, bench: Bench, material: Material) -> TrainingView:
    import torch

    from augbench.stages.images import ResidentImages

    labels = material.labels()
    pixels = torch.randint(0, 256, (len(labels), *bench.shape), dtype=torch.uint8, generator=STREAMS.rng("bench/pixels"))
    return TrainingView(
        images=ResidentImages.of(pixels.numpy(), 255.0, bench.device),
        labels=labels,
        classes=material.splits.classes,
        target=_target(material) if generator.covers == "class" else None,
        settings=settings,
        device=bench.device,
    )


WORKLOADS: Mapping[str, Prepare] = {
    "augmenter": _augmenter,
    "sampler": _sampler,
    "loss": _loss,
    "adjustment": _adjustment,
    "optimizer": _optimizer,
    "schedule": _schedule,
    "backbone": _backbone,
    "generator": _generator,
    "features": _features,
    "resize": _resize,
}
