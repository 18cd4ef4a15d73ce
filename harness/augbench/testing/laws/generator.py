"""Laws of generators: what is fitted is data, and banks hold images of the data set."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import torch

from augbench.testing.checking import Broken, NotApplicable, require
from augbench.testing.laws._views import COUNTS, TARGET, Opinion, differs, drawn, facts, filed, fitted, rng, silent, view, views
from augbench.values.components import dashed
from augbench.values.failing import Halted
from augbench.values.synthesis import Fit, Fitted, Generator, TrainingView

_LONG = 60
"""Iterations of a fit that has kept no state in a short one."""
_OTHER: dict[str, Any] = {"iterations": 3, "batch_size": 5, "n_critic": 3, "lr": 2e-3, "pre_augment": 2 * max(COUNTS)}
"""Other values of the fields of ``fit``."""
_INTEGERS = {255.0: torch.uint8, 65535.0: torch.uint16}


def exercise(component: Generator) -> object:
    """Fit and draw, in colour and in grey."""
    results = []
    for seen in views(component):
        found = fitted(component, seen)
        images = drawn(component, found, seen)
        results.append((dict(found.tensors), dict(found.numbers), dict(found.curves), found.chosen, images))
    return tuple(results)


def check_what_is_fitted_is_data(component: Generator) -> None:
    """What was fitted comes back from its file as it was: tensors, numbers and curves, and nothing that needs pickle."""
    found = fitted(component, view(component))
    try:
        read = filed(found)
    except (TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise Broken(f"what fit returns cannot be written to a file: {type(error).__name__}: {error}") from error
    part = differs(found, read)
    require(not part, f"{part} of what fit returns is not the same when it is read from its file")


def check_shape_and_type(component: Generator) -> None:
    """Images drawn are [count, channels, height, width] in the data set's own integer type, of 8 bits and of 16."""
    for seen in views(component):
        found, kind = fitted(component, seen), _INTEGERS[seen.images.scale]
        for count in (1, 3):
            images = drawn(component, found, seen, count)
            shape = (count, *seen.images.shape)
            said = f"{images.dtype} {list(images.shape)}" if isinstance(images, torch.Tensor) else type(images).__name__
            kept = isinstance(images, torch.Tensor) and images.shape == shape and images.dtype == kind
            require(kept, f"sample({count=}) returns {said} where the data set's images are {kind} {list(shape)}")


def check_scale(component: Generator) -> None:
    """Images of 16 bits use their scale: some pixel is beyond what 8 bits hold."""
    for seen in views(component):
        if seen.images.scale > 255:
            images = drawn(component, fitted(component, seen), seen)
            if images.dtype == torch.uint16:
                brightest = int(images.to(torch.int32).max())
                require(brightest > 255, f"the brightest pixel of three images is {brightest}, where view.images.scale is 65535")
            return
    raise NotApplicable("it supports no grey images")


def check_other_seeds_other_images(component: Generator) -> None:
    """Another stream of random numbers gives other images: banks of two seeds are not one and the same."""
    seen = view(component)
    first, second = (drawn(component, fitted(component, seen, seed), seen, 3, seed + 1) for seed in (0, 10))
    same = first.shape == second.shape and torch.equal(first, second)
    require(not same, "fit and sample give equal images for two different rngs; draw from the rng that is passed in")


def check_nothing_is_written_to(component: Generator) -> None:
    """Neither labels nor what was fitted are written to."""
    seen = view(component)
    before = seen.labels.clone()
    found = fitted(component, seen)
    copies = {name: tensor.clone() for name, tensor in found.tensors.items()}
    drawn(component, found, seen)
    require(torch.equal(seen.labels, before), "view.labels are others after fit and sample")
    changed = [name for name, tensor in found.tensors.items() if not torch.equal(tensor, copies[name])]
    require(not changed, f"sample writes to the fitted tensor '{changed[0]}'" if changed else "")


def check_a_fit_goes_on(component: Generator) -> None:
    """A fit that is cut short stops where it keeps its state, and goes on from there to the same bits."""
    seen = view(component)
    cut = _cut_short(component, seen)
    if cut is None and "iterations" in component.uses:
        seen = replace(seen, settings=replace(seen.settings, iterations=_LONG))
        cut = _cut_short(component, seen)
    if cut is None:
        raise NotApplicable("it never calls view.keep in a short fit")
    part = differs(fitted(component, seen), component.fit(seen, rng(), silent, cut))
    require(not part, f"a fit that goes on from the state it kept ends with other bits than an uninterrupted one: {part}")


def _cut_short(component: Generator, seen: TrainingView) -> Fitted | None:
    """Return the first state that a fit keeps, None where it keeps none; it is stopped there."""
    states: list[Fitted] = []

    def keep(state: Any) -> None:
        states.append(filed(state()))
        raise Halted

    try:
        component.fit(replace(seen, keep=keep), rng(), silent)
    except Halted:
        return states[0]
    require(not states, "fit goes on where view.keep has stopped it; let what it raises pass")
    return None


def check_uses_names_fields(component: Generator) -> None:
    """``uses`` names fields of ``fit``."""
    known = [field.name for field in fields(Fit) if field.name != "scope"]
    unknown = [name for name in component.uses if name not in known]
    require(not unknown, f"uses names {unknown}; there are {known}")


def check_covers_is_known(component: Generator) -> None:
    """``covers`` is ``class`` or ``all``."""
    require(component.covers in ("class", "all"), f"covers is {component.covers!r}; write 'class' or 'all'")


def check_unused_fields_change_nothing(component: Generator) -> None:
    """Fields of ``fit`` that ``uses`` does not name change no bit: they are in no key."""
    unused = {name: value for name, value in _OTHER.items() if name not in component.uses}
    if not unused:
        raise NotApplicable("it uses all fields of fit")
    seen = view(component)
    other = replace(seen, settings=replace(seen.settings, **unused))
    first, second = fitted(component, seen), fitted(component, other)
    same = not differs(first, second) and torch.equal(drawn(component, first, seen), drawn(component, second, other))
    require(same, f"another value of {' or '.join(unused)} changes what is fitted or drawn, which are not among its uses")


def check_progress(component: Generator) -> None:
    """Progress is told in order, with finite numbers, and never beyond its total."""
    told: list[tuple[int, int, dict[str, float]]] = []
    fitted(component, view(component), progress=lambda done, total, **numbers: told.append((done, total, numbers)))
    if not told:
        raise NotApplicable("it tells no progress")
    before = 0
    for done, total, numbers in told:
        require(before <= done <= total, f"progress({done}, {total}) after progress({before}, ...)")
        odd = [name for name, value in numbers.items() if not float("-inf") < float(value) < float("inf")]
        require(not odd, f"progress({done}, {total}) tells a {odd[0]} that is no finite number" if odd else "")
        before = done


def check_official_preset(component: Generator) -> None:
    """Its ``official`` preset answers every field of ``fit`` that it uses and that has no default."""
    if "official" not in component.presets:
        raise NotApplicable("it has no official preset")
    answers = component.presets["official"].get("fit", {})
    silent = [dashed(field.name) for field in fields(Fit) if field.name in component.uses and field.default is None]
    missing = [name for name in silent if name not in answers]
    require(not missing, f"the preset's fit says nothing of {', '.join(missing)}, which is among its uses")


def check_judge(component: Generator) -> None:
    """The judge is shown as many images, of integers, as it wants, no more often than it asks for."""
    if not component.judged:
        raise NotApplicable("its fit is not judged")
    for seen in views(component):
        judge = Opinion(shown=[])
        fitted(component, replace(seen, judge=judge))
        shape = (judge.images, *seen.images.shape)
        for images in judge.shown:
            found = f"{images.dtype} {list(images.shape)}"
            # What ``take`` returns of 16 bits is int32.
            kept = images.shape == shape and not images.is_floating_point()
            require(kept, f"the judge is shown {found}, where it wants integers {list(shape)}")
        often = len(judge.shown)
        require(often <= judge.checks + 1, f"a judge of checks = {judge.checks} is asked {often} times; once before the first, then checks")


def check_no_judge(component: Generator) -> None:
    """Where nobody judges it, it is fitted all the same, or its ``supports`` says why not."""
    if not component.judged:
        raise NotApplicable("its fit is not judged")
    seen = view(component)
    if component.supports(facts(seen.images.shape[0], seen.images.shape[1], judged=False)) is not None:
        return
    try:
        fitted(component, replace(seen, judge=None))
    except Exception as error:
        raise Broken(f"fit raises {type(error).__name__} where view.judge is None: {error}") from error


def check_every_class_is_drawn(component: Generator) -> None:
    """One that covers all classes draws images of each."""
    if component.covers != "all":
        raise NotApplicable("it covers one class")
    seen = view(component)
    found = fitted(component, seen)
    for target, name in enumerate(seen.classes):
        if target != TARGET:  # of which other laws draw
            try:
                images = component.sample(found, replace(seen, target=target), 2, rng())
            except Exception as error:
                raise Broken(f"sample raises {type(error).__name__} for class '{name}': {error}") from error
            require(len(images) == 2, f"sample(count=2) returns {len(images)} images of class '{name}'")
