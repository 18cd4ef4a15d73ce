"""Say in comments what was found in a folder, and why a matrix for it is as it is."""

from __future__ import annotations

from collections.abc import Iterator

from augbench.config.writing import spelled
from augbench.engine.deciding import BALANCED, BELOW, PER_CLASS, TINY, Decisions, least_validated, most_folds
from augbench.engine.surveying import MANIFEST, Survey
from augbench.values.data import Probe
from augbench.values.numbers import bound, count, listing, many

BALANCED_WORDS = (
    f"No class is rare: the smallest has {BALANCED:g} of the largest, or more. The rows compare augmentation alone; "
    "the data set long-tail makes classes rare (docs/long-tail.md)."
)
_LISTED = 40
"""Classes that are listed one by one; of more, the largest and the smallest."""
_LONGEST = 32
_FEW_TESTED = 20


def found_words(found: Survey) -> str:
    """Describe the images in a line."""
    probe, low, high = found.probe, found.sizes[0], found.sizes[-1]
    kind = {1: "grey", 3: "colour"}.get(probe.channels, f"{probe.channels} channels")
    pixels = f"{low[0]} x {low[1]} pixels" if low == high else f"{low[0]} x {low[1]} to {high[0]} x {high[1]} pixels"
    images = sum(map(sum, probe.counts.values()))
    groups = f", {many(found.groups, 'group')}" if found.groups else ""
    return f"{count(images)} images in {count(len(probe.classes))} classes, {pixels}, {kind}, {found.bits} bit{groups}"


def class_table(probe: Probe) -> tuple[str, ...]:
    """Lay out the images of each class by split, the largest class first."""
    splits = list(probe.counts)
    lines = [(_short(name), *(count(probe.counts[split][label]) for split in splits)) for label, name in _ordered(probe)]
    left = len(probe.classes) - len(lines)
    if left:
        lines.insert(_LISTED // 2, (f"... {count(left)} more", *("" for _ in splits)))
    heads = ("class", *splits)
    widths = [max(len(line[column]) for line in (heads, *lines)) for column in range(len(heads))]
    return tuple(
        "  ".join(
            f"{cell:{width}}" if column == 0 else f"{cell:>{width}}" for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in (heads, *lines)
    )


def _ordered(probe: Probe) -> list[tuple[int, str]]:
    order = sorted(enumerate(probe.classes), key=lambda one: -probe.counts["train"][one[0]])
    return order if len(order) <= _LISTED else order[: _LISTED // 2] + order[-(_LISTED // 2) :]


def _short(name: str) -> str:
    shown = spelled(name)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."


def remarks(found: Survey) -> Iterator[str]:
    """Yield what a user should know before anything is trained."""
    if found.passed_over:
        yield f"Note: {MANIFEST} is there and is not read, since it cannot be: {found.passed_over}."
    if found.groups_shared:
        yield f"Warning: {many(found.groups_shared, 'group')} have images both to learn from and to test with: scores may be too good."
    tested = dict(zip(found.probe.classes, found.probe.counts["test"], strict=True))
    if few := [name for name, number in tested.items() if number < _FEW_TESTED]:
        least = min(tested.values())
        which = f"{listing([_short(name) for name in few])} {'has' if len(few) == 1 else 'have'} fewer than {_FEW_TESTED} test images"
        yield f"Warning: {which}, {least} at the least: one image can change a class's F1 by about {1 / least:.2f}, whatever the seeds."
    yield "Look at them first: 'bench datasets preview' draws some of each class, 'bench datasets audit' finds duplicates across splits."


def parameters(found: Survey) -> Iterator[tuple[str, str, str]]:
    """Yield what the data set has to be told: key, value in TOML, and why."""
    short = "validation" not in found.probe.counts
    reasons = {
        "manifest": "lies in the folder, and says what is what; what it does not list is left out",
        "split": f"no splits are given: shares of each class{', more a class is too small for' * short}, drawn once for all rows",
        "channels": "some images are grey and some in colour: all become colour",
    }
    yield from ((key, value, reasons[key]) for key, value in found.parameters.items())


def size_words(found: Survey, size: int, *, gpu: bool) -> str:
    """Say to which size images are brought, and what that does to them."""
    if found.probe.size == (size, size):
        return f"All images are {size} x {size} already."
    reason = "is what the generators' networks make and a GPU can bear" if gpu else f"is quick on CPUs; {2 * size} takes four times as long"
    wide = any(max(sides) > 1.25 * min(sides) for sides in found.sizes)
    squeezed = " Their sides differ in length, and they are squeezed into squares." if wide else ""
    return f"Images are brought to {size} x {size}, which {reason}.{squeezed}"


def folds_words(probe: Probe, decisions: Decisions) -> str:
    """Say why there are folds, or that there could be; nothing where they are not needed."""
    validated, most = least_validated(probe), most_folds(probe)
    why = f"a class has {many(validated, 'validation image')}" if validated else "there are no validation images"
    if decisions.folds:
        return f"Cross-validation, since {why}: each fold is held out once; the test images stay apart."
    if validated < TINY and most > 1:
        return f"Cross-validation would make more of few images, since {why}, and take longer: folds = {min(3, most)}"
    return ""


def claim(decisions: Decisions) -> str:
    """Say what the seeds allow to claim."""
    needed = decisions.seeds_needed
    reach = f"{many(decisions.seeds, 'seed')} can reach p = {bound(decisions.smallest_p)} at best"
    if decisions.seeds >= needed:
        return f"{reach}, enough for a claim of significance between these rows."
    return f"{reach}: a first look. A claim of significance between these rows takes {needed} seeds."


def mixed_words(decisions: Decisions) -> str:
    """Say what the row of mixed originals does."""
    return f"Averages of two images of a minority class, {_within(decisions) if decisions.supplement else 'as shares of a batch'}."


def synthetic_words(decisions: Decisions) -> str:
    """Say what the row of synthetic images does."""
    each = "a network for each minority class" if decisions.fitted else "bent originals, where networks would take long or do not fit"
    return f"Synthetic images from {each}, and mixes, {_within(decisions)}."


def _within(decisions: Decisions) -> str:
    return f"beside the originals of a batch, {many(PER_CLASS * len(decisions.minority), 'image')} for minority classes"


def minority_words(minority: tuple[str, ...], share: float | None) -> str:
    """Name the minority classes, and say so where none is very rare."""
    why = "" if share == BELOW else f", the smallest, since none is below {BELOW:g} of the largest"
    return f"{listing([_short(name) for name in minority], 12)}{why}"
