"""Draw phantom cells: what varies between classes, and how a cell becomes pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
# Planes [n, height, width] or colours [3, n, height, width], all float64: rounding then hides what processors do differently.

REVISION = 1
"""Counts up when the same seed gives other pixels; part of the data set's digest."""

_GRANULES = 12
_NEIGHBOURS = 4
# More than a cell uses, so that a further cue leaves the pixels' noise alone.
_NUMBERS = 128


@dataclass(frozen=True, kw_only=True)
class _Traits:
    """What the classes differ in: a class's typical value, or one number for each image of a chunk [n, 1, 1]."""

    radius: Any = 0.60
    """Of the cell, where the picture's half is 1."""
    elongation: Any = 0.10
    """Long axis over short axis, less 1."""
    crenation: Any = 0.012
    """Height of the outline's waves over the radius."""
    nucleus: Any = 0.60
    """Radius of the nucleus over the cell's."""
    lobes: Any = 0.12
    """From a round nucleus, 0, to three lobes on an arc, 1."""
    twin: Any = 0.06
    """From one nucleus, 0, to two halves apart, 1."""
    bands: Any = 0.14
    """Contrast of the chromatin's bands."""
    granules: Any = 0.16
    """Opacity of the cytoplasm's granules."""
    blue: Any = 0.45
    """Stain of the cytoplasm, from rose, 0, to blue, 1."""
    neighbours: Any = 1.2
    """Red cells in the background."""


# Every class has two or three cues of its own, each within reach of the large classes' spread: a rare class is hard to
# tell by any single one.
_CLASSES = (
    _Traits(),
    _Traits(elongation=0.48, radius=0.57, blue=0.34),
    _Traits(granules=0.58, nucleus=0.52, blue=0.30),
    _Traits(crenation=0.115, radius=0.54, blue=0.56, neighbours=2.2),
    _Traits(bands=0.64, nucleus=0.68, blue=0.60),
    _Traits(lobes=0.86, nucleus=0.55, granules=0.32),
    _Traits(twin=0.80, elongation=0.28, radius=0.65),
)
_SPREAD = _Traits(
    radius=0.030,
    elongation=0.08,
    crenation=0.012,
    nucleus=0.040,
    lobes=0.12,
    twin=0.11,
    bands=0.12,
    granules=0.12,
    blue=0.12,
    neighbours=0.9,
)
_LOWEST = _Traits(
    radius=0.42, elongation=0.0, crenation=0.0, nucleus=0.35, lobes=0.0, twin=0.0, bands=0.0, granules=0.0, blue=0.0, neighbours=0.0
)
_HIGHEST = _Traits(
    radius=0.74, elongation=0.7, crenation=0.14, nucleus=0.8, lobes=1.0, twin=1.0, bands=0.9, granules=0.9, blue=1.0, neighbours=4.0
)


def draw_cells(seed: int, split: int, labels: Sequence[int], numbers: Sequence[int], size: int) -> NDArray[np.uint8]:
    """Draw cells, uint8 [n, size, size, 3]; a cell depends on seed, split, its class and its number in it, on nothing else."""
    streams = [_uniforms((seed, split, label, number), _NUMBERS + 3 * size * size) for label, number in zip(labels, numbers, strict=True)]
    uniforms = np.stack(streams)
    columns = _Columns(uniforms[:, :_NUMBERS])
    traits = _traits(np.asarray(labels), columns)
    pixels = _Cell(traits, columns, size).render()
    noise = uniforms[:, _NUMBERS:].reshape(pixels.shape) - 0.5
    drawn: NDArray[np.uint8] = np.rint(255 * np.clip(pixels + 0.05 * noise, 0, 1)).astype(np.uint8)
    return drawn


def _uniforms(entropy: tuple[int, ...], count: int) -> Array:
    # Raw words of PCG64 are promised to stay the same between versions of NumPy; Generator's methods are not.
    words = np.random.PCG64(np.random.SeedSequence(entropy)).random_raw(count)
    return (words >> np.uint64(11)) * 2.0**-53


class _Columns:
    """Hands out the random numbers of a chunk, column by column."""

    def __init__(self, uniforms: Array) -> None:
        self._uniforms = uniforms
        self._next = 0

    def uniform(self, low: float, high: float) -> Array:
        """Return U(low, high), [n, 1, 1]."""
        column = self._uniforms[:, self._next, None, None]
        self._next += 1
        return low + (high - low) * column

    def bell(self) -> Array:
        """Return numbers of mean 0 and sd 1 within 3, [n, 1, 1]."""
        return 2 * (self.uniform(0, 1) + self.uniform(0, 1) + self.uniform(0, 1)) - 3


def _traits(labels: NDArray[np.int64], columns: _Columns) -> _Traits:
    values = {}
    for field in fields(_Traits):
        typical = np.array([getattr(one, field.name) for one in _CLASSES])[labels][:, None, None]
        drawn = typical + getattr(_SPREAD, field.name) * columns.bell()
        values[field.name] = np.clip(drawn, getattr(_LOWEST, field.name), getattr(_HIGHEST, field.name))
    return _Traits(**values)


class _Cell:
    """A chunk of pictures, each of one cell; lengths are in halves of the picture."""

    def __init__(self, traits: _Traits, columns: _Columns, size: int) -> None:
        self.traits, self.columns = traits, columns
        axis = (np.arange(size) + 0.5) * (2 / size) - 1
        self.x, self.y = axis[None, None, :], axis[None, :, None]
        # The edge is at least a pixel wide, so that nothing looks cut with scissors.
        self.edge = np.maximum(1.4 / size, 0.035) * columns.uniform(0.9, 1.5)

    def render(self) -> Array:
        """Return pictures [n, size, size, 3] around [0, 1]."""
        picture = self._background()
        self._turn()
        inside, depth = self._outline()
        _paint(picture, inside, self._cytoplasm(depth))
        _paint(picture, self._granules() * inside, _colour(0.55, 0.22, 0.50))
        nucleus, chromatin = self._nucleus()
        _paint(picture, nucleus * inside, chromatin)
        return np.moveaxis(picture * self.light, 0, 3)

    def _background(self) -> Array:
        tilt_x, tilt_y = self.columns.uniform(-0.05, 0.05), self.columns.uniform(-0.05, 0.05)
        self.light = self.columns.uniform(0.96, 1.06) * (1 + tilt_x * self.x + tilt_y * self.y)
        picture = np.empty((3, *self.light.shape))
        picture[:] = _colour(0.960, 0.930, 0.905)
        for place in range(_NEIGHBOURS):
            turn, distance = 2 * np.pi * (place + self.columns.uniform(0, 1)) / _NEIGHBOURS, self.columns.uniform(1.05, 1.35)
            radius = self.columns.uniform(0.42, 0.56)
            shown = np.flatnonzero(self.traits.neighbours > place + 0.5)
            x, y = (distance * np.cos(turn))[shown], (distance * np.sin(turn))[shown]
            picture[:, shown] = self._red_cell(picture[:, shown], np.sqrt((self.x - x) ** 2 + (self.y - y) ** 2), radius[shown], shown)
        return picture

    def _red_cell(self, picture: Array, away: Array, radius: Array, shown: NDArray[np.intp]) -> Array:
        """Add a disc with a pale middle to some of the pictures."""
        pallor = np.clip(1 - away / (0.7 * radius), 0, 1)
        colour = _colour(0.865, 0.640, 0.625) + pallor * _colour(0.085, 0.20, 0.20)
        _paint(picture, 0.92 * _cover(radius - away, self.edge[shown]), colour)
        return picture

    def _turn(self) -> None:
        """Move and rotate the coordinates into the cell's own."""
        x, y = self.x - self.columns.uniform(-0.07, 0.07), self.y - self.columns.uniform(-0.07, 0.07)
        angle = self.columns.uniform(0, 2 * np.pi)
        self.along, self.across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)

    def _outline(self) -> tuple[Array, Array]:
        """Return how much of each pixel the cell covers, and the way to its centre: 0 at the membrane, 1 in the middle."""
        stretch = np.sqrt(1 + self.traits.elongation)
        away = np.sqrt((self.along / stretch) ** 2 + (self.across * stretch) ** 2)
        angle = np.arctan2(self.across, self.along)
        waves = np.floor(self.columns.uniform(6, 10))
        wobble = 0.02 * np.cos(2 * angle + self.columns.uniform(0, 6.28)) + 0.02 * np.cos(3 * angle + self.columns.uniform(0, 6.28))
        outline = self.traits.radius * (1 + wobble + self.traits.crenation * np.cos(waves * angle + self.columns.uniform(0, 6.28)))
        return _cover(outline - away, self.edge), np.clip(1 - away / outline, 0, 1)

    def _cytoplasm(self, depth: Array) -> Array:
        blue = self.traits.blue
        colour = (1 - blue) * _colour(0.905, 0.745, 0.800) + blue * _colour(0.640, 0.665, 0.875)
        membrane = np.clip(1 - depth / 0.16, 0, 1)
        stained: Array = colour * (1 - 0.16 * membrane + 0.045 * self._waves(9.0))
        return stained

    def _granules(self) -> Array:
        """Return how much of each pixel granules cover."""
        cover = np.zeros(self.along.shape)
        for _ in range(_GRANULES):
            angle, reach = self.columns.uniform(0, 2 * np.pi), self.traits.radius * self.columns.uniform(0.45, 0.92)
            radius = self.columns.uniform(0.085, 0.13)
            square = (self.along - reach * np.cos(angle)) ** 2 + (self.across - reach * np.sin(angle)) ** 2
            np.maximum(cover, 1 - square / radius**2, out=cover)
        seen: Array = np.minimum(1.5 * cover, 1) * self.traits.granules
        return seen

    def _nucleus(self) -> tuple[Array, Array]:
        """Return how much of each pixel the nucleus covers, and its colour."""
        radius = self.traits.radius * self.traits.nucleus
        along, across = self.along - self.columns.uniform(-0.06, 0.06), self.across - self.columns.uniform(-0.06, 0.06)
        apart = 0.62 * self.traits.lobes + 0.72 * self.traits.twin
        closeness = np.zeros(along.shape)
        for lobe in (-1, 0, 1):
            lift = 0.55 * self.traits.lobes * (lobe * lobe - 0.5)
            own = radius * (1 - 0.38 * self.traits.lobes - (0.28 if lobe else 1.0) * self.traits.twin)
            away = np.sqrt((along - lobe * apart * radius) ** 2 + (across - lift * radius) ** 2)
            closeness = closeness + np.exp(14 * np.minimum(own - away, 1.0))
        # A soft maximum melts the lobes into each other, as metaballs do.
        depth = np.log(closeness) / 14 - 0.04
        bent = along + 0.25 * across + self.columns.uniform(-0.9, 0.9) * across**2
        bands = np.sin(self.columns.uniform(19, 24) * bent + self.columns.uniform(0, 6.28))
        shade = 1 - 0.5 * self.traits.bands * bands + 0.06 * self._waves(13.0) - 0.22 * np.clip(1 - depth / 0.10, 0, 1)
        return 0.95 * _cover(depth, self.edge), _colour(0.445, 0.265, 0.600) * shade

    def _waves(self, frequency: float) -> Array:
        """Return a soft texture around 0."""
        turn, phase = self.columns.uniform(0, 2 * np.pi), self.columns.uniform(0, 6.28)
        along = self.along * np.cos(turn) + self.across * np.sin(turn)
        across = self.across * np.cos(turn) - self.along * np.sin(turn)
        texture: Array = np.sin(frequency * along + phase) * np.cos(0.8 * frequency * across)
        return texture


def _colour(red: float, green: float, blue: float) -> Array:
    return np.array([red, green, blue])[:, None, None, None]


def _cover(depth: Array, edge: Array) -> Array:
    """Return the share of a pixel within an outline, from the way to it: a smooth step."""
    step = np.clip(0.5 + 0.5 * depth / edge, 0, 1)
    return step * step * (3 - 2 * step)


def _paint(picture: Array, cover: Array, colour: Array) -> None:
    for plane, tint in zip(picture, np.broadcast_to(colour, (3, *colour.shape[1:])), strict=True):
        plane += cover * (tint - plane)
