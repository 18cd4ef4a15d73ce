"""The nearest images of images, by their pixels."""

from __future__ import annotations

import torch
from torch import Tensor

from augbench import Images

ROWS, COLUMNS = 512, 1024
"""Images compared at once: some 300 MB at 3 x 64 x 64, however large the class."""


def nearest_images(images: Images, wanted: Tensor, among: Tensor, count: int) -> Tensor:
    """Return the ``count`` images of ``among`` that are nearest to each of ``wanted``, itself left out; int64 [n, count].

    All three are indices into ``images``; ``among`` are more than ``count``.  Distances are Euclidean over whole pixel values, exact
    in float64: up to ties, the order is the same on every machine.
    """
    assert count < len(among), "otherwise there are no such images to name"
    found = []
    for rows in wanted.split(ROWS):
        own = _pixels(images, rows)
        best = own.new_full((len(rows), count), torch.inf)
        places = torch.zeros(len(rows), count, dtype=torch.int64, device=own.device)
        for columns in among.split(COLUMNS):
            squares = _squares(own, _pixels(images, columns))
            squares[rows[:, None] == columns] = torch.inf
            merged = torch.cat([best, squares], 1)
            indices = torch.cat([places, columns.to(own.device).expand(len(rows), -1)], 1)
            best, order = merged.topk(count, largest=False)
            places = indices.gather(1, order)
        found.append(places.cpu())
    return torch.cat(found)


def _pixels(images: Images, indices: Tensor) -> Tensor:
    pixels = images.take(indices.to(images.indices_on)).flatten(1)
    # MPS knows no float64.
    return (pixels.cpu() if pixels.device.type == "mps" else pixels).double()


def _squares(left: Tensor, right: Tensor) -> Tensor:
    """Return squared distances [n, m]."""
    return torch.addmm(right.square().sum(1), left, right.T, alpha=-2).add_(left.square().sum(1, keepdim=True))
