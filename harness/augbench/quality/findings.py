"""What an audit says: the sentence, the weight and the advice of each finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from augbench.quality.telling import Told
from augbench.values.auditing import Code, Finding, Picture
from augbench.values.numbers import listing, many, score

Lots = Sequence[tuple[Picture, ...]]
Counted = tuple[str, int]

_FLATTER = "scores flatter what has seen them."


def empty(split: str, classes: Sequence[str]) -> Finding:
    """Tell of classes without images."""
    words = {"train": "training", "test": "test"}
    return Finding(
        code="EMPTY_CLASS",
        grave=True,
        count=len(classes),
        sentence=f"Without {words[split]} images: {listing(list(classes))}.",
        advice="Add images, or leave the class out.",
    )


def rare(classes: Sequence[Counted], limit: int, *, grave: bool) -> Finding:
    """Tell of classes with hardly any test images."""
    said = "is no measurement" if grave else "is hardly measured"
    return Finding(
        code="RARE_CLASS",
        grave=grave,
        count=len(classes),
        sentence=f"Fewer than {limit} test images: {_counted(classes)}. Their F1 {said}.",
        advice="Move images to the test, or divide several times (folds, seeds) and say so.",
    )


def few_to_learn(classes: Sequence[Counted]) -> Finding:
    """Tell of classes with hardly any training images."""
    return Finding(
        code="FEW_TO_LEARN",
        count=len(classes),
        sentence=f"Hardly any training images: {_counted(classes)}. A generator of so few mostly repeats them. Folds leave fewer still.",
        advice="Use few folds; look at the sheets of generated images and at their nearest real ones.",
    )


def groups(pictures: Lots, *, grave: bool, count: int | None = None) -> Finding:
    """Tell of groups on both sides of a split: into the test, which is grave, or into the validation images."""
    count = len(pictures) if count is None else count
    where = "in the training or validation images and in the test images" if grave else "in the training and in the validation images"
    end = "those are no new ones." if grave else "what is chosen on them is chosen on what was learnt."
    return Finding(
        code="LEAKED_GROUPS",
        grave=grave,
        count=count,
        sentence=f"{many(count, 'group is', 'groups are')} {where}: {end}",
        advice="Keep each group on one side: divide anew by group.",
        pictures=tuple(pictures),
    )


def repeated_in_test(pictures: Lots, count: int, *, nearly: bool) -> Finding:
    """Tell of test images that were learnt from."""
    return Finding(
        code=_repeated(nearly),
        grave=True,
        count=count,
        sentence=f"{many(count, 'test image is', 'test images are')} {_equal(nearly)} to a training or validation image: {_FLATTER}",
        advice="Take them out of the test, or their doubles out of the others.",
        pictures=tuple(pictures),
    )


def repeated_in_validation(pictures: Lots, count: int, *, nearly: bool) -> Finding:
    """Tell of validation images that were learnt from."""
    return Finding(
        code=_repeated(nearly),
        count=count,
        sentence=f"{many(count, 'validation image is', 'validation images are')} {_equal(nearly)} to a training image: "
        "what is chosen on them is chosen on what was learnt.",
        advice="Take them out of one of the two.",
        pictures=tuple(pictures),
    )


def repeated_within(split: str, pictures: Lots, count: int, *, nearly: bool) -> Finding:
    """Tell of images that a split holds twice, under two names."""
    word = "training" if split == "train" else split
    return Finding(
        code=_repeated(nearly),
        count=count,
        sentence=f"{many(count, f'{word} image is', f'{word} images are')} {_equal(nearly)} to another {word} image: "
        "what shows the same counts twice.",
        advice="Keep one of each.",
        pictures=tuple(pictures),
    )


def conflicts(pictures: Lots, count: int, *, nearly: bool) -> Finding:
    """Tell of what shows the same and has two labels."""
    equal = "all but equal" if nearly else "equal"
    return Finding(
        code="NEAR_CONFLICTS" if nearly else "LABEL_CONFLICTS",
        grave=True,
        count=count,
        sentence=f"{many(count, f'{equal} image stands', f'{equal} images stand')} under different labels.",
        advice="Find out which label is right, or take them out.",
        pictures=tuple(pictures),
    )


def moved(pictures: Lots, across: int) -> Finding:
    """Tell of what shows the same, cut out a few pixels apart."""
    return Finding(
        code="MOVED",
        count=len(pictures),
        sentence=_the_same(pictures, "moved by a few pixels", across),
        advice="Look at them: the same thing was cut out twice, or stands in two photographs. Keep both on one side of each split.",
        pictures=tuple(pictures),
    )


def turned(pictures: Lots, across: int) -> Finding:
    """Tell of what shows the same, mirrored or turned."""
    return Finding(
        code="TURNED",
        count=len(pictures),
        sentence=_the_same(pictures, "mirrored or turned by quarters", across),
        advice="Look at them: images that were augmented before they were divided belong on one side of each split.",
        pictures=tuple(pictures),
    )


def colour_alone(classes: Sequence[tuple[str, Told]]) -> Finding:
    """Tell of classes for which no look at shapes is needed."""
    return Finding(
        code="COLOUR_ALONE",
        count=len(classes),
        sentence=f"Told by mean and spread of their colours alone: {_judged(classes)}. No shape needs to be learnt for that.",
        advice="Where colour comes from stain or camera and not from what is shown, try a row with colour jitter.",
    )


def background_alone(classes: Sequence[tuple[str, Told]]) -> Finding:
    """Tell of classes that are told without what they are about."""
    return Finding(
        code="BACKGROUND_ALONE",
        count=len(classes),
        sentence=f"Told by the colours of a frame along the edges alone: {_judged(classes)}. "
        "A network may learn where images come from, not what they show.",
        advice="Crop, or look whether these classes were photographed elsewhere or otherwise.",
    )


def blank(pictures: Lots) -> Finding:
    """Tell of images of one colour."""
    return Finding(
        code="BLANK",
        count=len(pictures),
        sentence=f"{many(len(pictures), 'image is', 'images are')} of one colour throughout, such as black.",
        advice="Take them out: they show nothing.",
        pictures=tuple(pictures),
    )


def sizes(found: Sequence[str]) -> Finding:
    """Tell of images that cannot be trained on as they are; sizes are given from the smallest on."""
    return Finding(
        code="SEVERAL_SIZES",
        count=len(found),
        sentence=f"Images have {len(found)} sizes, from {found[0]} to {found[-1]} pixels: each was compared at its own.",
        advice='Set resize in the matrix, such as { use = "bilinear", size = 64 }, and audit that: bench datasets audit --matrix FILE.',
    )


def incomplete(complete: bool) -> Finding:
    """Tell that there was too much to compare."""
    return Finding(
        code="NOT_ALL_COMPARED",
        count=0 if complete else 1,
        sentence="There are too many images, or too many of one kind, to look for all that may be moved, mirrored or turned.",
        advice="Audit one class at a time, if that matters.",
    )


def counted(leaks: Mapping[str, int]) -> tuple[Finding, ...]:
    """Tell of what only the numbers are known: ``groups``, ``duplicates``, ``near-duplicates`` and ``conflicts``."""
    every = (
        groups((), grave=True, count=leaks.get("groups", 0)),
        repeated_in_test((), leaks.get("duplicates", 0), nearly=False),
        repeated_in_test((), leaks.get("near-duplicates", 0), nearly=True),
        conflicts((), leaks.get("conflicts", 0), nearly=False),
    )
    return tuple(finding for finding in every if finding.count)


def _repeated(nearly: bool) -> Code:
    return "NEAR_DUPLICATES" if nearly else "DUPLICATES"


def _equal(nearly: bool) -> str:
    return "all but equal" if nearly else "equal pixel by pixel"


def _the_same(pictures: Lots, how: str, across: int) -> str:
    pairs = len(pictures)
    where = f"{across} of them across splits"
    if across in (0, pairs):
        where = f"{'all ' * (pairs > 1)}{'across splits' if across else 'within one split'}"
    return f"{many(pairs, 'pair')} of images {'shows' if pairs == 1 else 'show'} the same, {how}, {where}."


def _counted(classes: Sequence[Counted]) -> str:
    return listing([f"{name} ({count})" for name, count in classes])


def _judged(classes: Sequence[tuple[str, Told]]) -> str:
    told = [f"{name} (balanced accuracy {score(each.balanced_accuracy)}, at least {score(each.least)})" for name, each in classes]
    return f"{listing(told)}, where guessing gets 0.5"
