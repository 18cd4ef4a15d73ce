"""Laws of samplers: batches of what is there, of constant sizes, and of the classes that are told."""

from __future__ import annotations

from dataclasses import replace

import torch

from augbench.engine.composing import class_shares
from augbench.testing.checking import Broken, require, seen
from augbench.testing.laws._batches import ODD, PAIR, SIZE, STEPS, Case, cases, composed, images_with
from augbench.testing.trees import difference
from augbench.values.sampling import GENERATED, Group, Sampler

ROUNDING = 1e-9
LONG = 1200
"""Steps of the training whose class shares are counted."""
POINTS = 50
"""Places of that training at which the prior is asked for."""


def exercise(component: Sampler) -> object:
    """Compose two blocks of each case, and say all that is told of its batches."""
    results = []
    for case in cases(component):
        context = case.context()
        blocks = [component.compose(case.context(first)) for first in (0, 64)]
        told = component.originals_per_step(context), component.pool(context), component.prior(context, 0.5)
        results.append((case.name, blocks, told))
    return tuple(results)


def check_groups_fit_their_slots(component: Sampler) -> None:
    """Groups are int64 [steps, n, arity], with the arity of the slot that makes them and 1 where none does."""
    for case in cases(component):
        for group in composed(component, case):
            told = f"with {case.name}, the group of {_slot(group)}"
            known = group.slot is None or group.slot in case.slots
            require(known, f"{told} names no augment slot; there are {', '.join(case.slots)}")
            require(group.sources.dtype == torch.int64, f"{told} is {group.sources.dtype}, not int64")
            arity = 1 if group.slot is None else case.slots[group.slot].arity
            found, wanted = list(group.sources.shape), f"[{STEPS}, n, {arity}]"
            require(len(found) == 3 and (found[0], found[2]) == (STEPS, arity), f"{told} is {found}, not {wanted}")


def check_sources_are_there(component: Sampler) -> None:
    """Sources are indices of originals, 0 to N - 1, and of the bank behind them, N to N + M - 1."""
    for case in cases(component):
        last = len(case.context().every_label) - 1
        for group in composed(component, case):
            if group.sources.numel():
                low, high = int(group.sources.min()), int(group.sources.max())
                told = f"with {case.name}, the group of {_slot(group)} names images from {low} to {high}"
                require(low >= 0 and high <= last, f"{told}, where there are 0 to {last}")


def check_only_what_mix_names(component: Sampler) -> None:
    """A batch holds originals and what ``batch.mix`` names, nothing else."""
    for case in cases(component):
        originals = len(case.context().labels)
        for group in composed(component, case):
            unasked = group.slot is not None and group.slot not in case.mix
            require(not unasked or group.sources.numel() == 0, f"with {case.name}, a batch holds images of slot '{group.slot}'")
            plain = group.slot is None and GENERATED not in case.mix
            require(not plain or bool((group.sources < originals).all()), f"with {case.name}, a batch holds images of banks")


def check_slots_of_originals(component: Sampler) -> None:
    """A slot with ``sources = "originals"`` is handed no synthetic image."""
    wanted = Case(name="a slot of originals", mix={"linear": 1.0}, slots={"linear": replace(PAIR, sources="originals")})
    for case in cases(component, (wanted,)):
        originals = len(case.context().labels)
        for group in composed(component, case):
            strange = int((group.sources >= originals).any(-1).sum()) if group.slot else 0
            require(strange == 0, f"{strange} images of {STEPS} steps are mixed of synthetic ones; context.sources keeps to the slot's")


def check_batches_are_full(component: Sampler) -> None:
    """Each batch holds ``batch.size`` images."""
    for case in cases(component):
        sizes = [group.sources.shape[1] for group in composed(component, case)]
        require(sum(sizes) == SIZE, f"with {case.name}, groups of {sizes} images make a batch of {sum(sizes)}, not of {SIZE}")


def check_sizes_are_constant(component: Sampler) -> None:
    """Every block has the same groups, of the same sizes."""
    for case in cases(component):
        first, later = ([(_slot(group), group.sources.shape[1]) for group in composed(component, case, start)] for start in (0, 640))
        require(first == later, f"with {case.name}, step 0 has the groups {first} and step 640 {later}")


def check_blocks_in_any_order(component: Sampler) -> None:
    """A block is the same whether or not others were composed before it: a training may go on where it was cut short."""
    for case in cases(component):
        alone = composed(component, case, 64)
        composed(component, case, 0)
        found = difference(alone, composed(component, case, 64))
        require(not found, f"with {case.name}, a block composed after another differs: {found}; name streams by context.block")


def check_blocks_go_on(component: Sampler) -> None:
    """A block does not repeat the one before it."""
    for case in cases(component):
        first, next_ = composed(component, case, 0), composed(component, case, STEPS)
        require(bool(difference(first, next_)), f"with {case.name}, steps {STEPS} to {2 * STEPS - 1} are those from 0 on once more")


def check_one_stream_a_source(component: Sampler) -> None:
    """Another slot in the place of one changes no image of the other sources: rows are compared on the same numbers."""
    mixes = (Case(name="a bank and a slot", mix={GENERATED: 1.0, name: 1.0}, slots={name: PAIR}) for name in ("linear", "rotated"))
    one, other = ([group for group in composed(component, case) if group.slot is None] for case in cases(component, tuple(mixes)))
    found = difference(one, other)
    require(not found, f"slot 'rotated' in the place of 'linear' changes images that no slot makes: {found}; draw from context.rng(SOURCE)")


def check_odd_training_sets(component: Sampler) -> None:
    """It composes batches also where a class has one image or none, and without minority classes or banks."""
    for case in cases(component, ODD):
        try:
            groups = composed(component, case)
        except Exception as error:
            raise Broken(f"with {case.name}, {seen(error)}").with_traceback(error.__traceback__) from error
        require(len(groups) > 0, f"with {case.name} it composes no group")


def check_originals_per_step(component: Sampler) -> None:
    """``originals_per_step`` counts the originals of a batch: those shown as they are, and no image that is made of none."""
    for case in cases(component):
        context, groups = case.context(total=None), composed(component, case)
        told, original = component.originals_per_step(context), torch.arange(len(context.every_label)) < len(context.labels)
        plain = [group for group in groups if group.slot is None]
        shown = int(images_with(tuple(plain), original).min()) if plain else 0
        most = int(images_with(groups, original).max())
        require(isinstance(told, int), f"originals_per_step returns {type(told).__name__}, no int")
        require(
            shown <= told <= most, f"with {case.name} it says {told}; {shown} are shown as they are, {most} images have one as a source"
        )


def check_pool(component: Sampler) -> None:
    """A pass over the pool shows a whole number of images, at least one."""
    for case in cases(component):
        told = component.pool(case.context(total=None))
        require(isinstance(told, int) and told > 0, f"with {case.name} pool returns {told!r}")


def check_prior_is_a_distribution(component: Sampler) -> None:
    """The prior is float64 [K], not negative, and sums to 1 from the first step to the last."""
    for case in cases(component):
        for progress in (0.0, 0.5, 1.0):
            prior, told = component.prior(case.context(), progress), f"with {case.name}, at progress {progress},"
            wanted = prior.dtype == torch.float64 and tuple(prior.shape) == (len(case.counts),)
            require(wanted, f"{told} it is {prior.dtype} {list(prior.shape)}, not float64 [{len(case.counts)}]")
            require(float(prior.min()) >= 0, f"{told} it is as small as {float(prior.min()):.4g}")
            require(abs(float(prior.sum()) - 1) <= ROUNDING, f"{told} it sums to {float(prior.sum()):.9g}")


def check_prior_is_what_is_sampled(component: Sampler) -> None:
    """The prior is the share that each class has in the labels of the batches."""
    for case in cases(component):
        context = case.context(steps=LONG, total=LONG)
        shares = class_shares(component.compose(context), context)
        # The block is the whole training, and some laws change on its way.
        priors = torch.stack([component.prior(context, (point + 0.5) / POINTS).double() for point in range(POINTS)])
        # Five standard errors, an unfinished pass, and the coarseness of the points.
        allowed = 5 * shares.std(0) / LONG**0.5 + component.pool(context) / (LONG * SIZE) + 0.5 / POINTS
        gaps = (shares.mean(0) - priors.mean(0)).abs()
        worst = int((gaps - allowed).argmax())
        told = (
            f"with {case.name}, class {worst} has {float(shares.mean(0)[worst]):.3f} of the labels and {float(priors.mean(0)[worst]):.3f}"
        )
        require(bool((gaps <= allowed).all()), f"{told} of the prior")


def _slot(group: Group) -> str:
    return f"slot '{group.slot}'" if group.slot is not None else "plain images"
