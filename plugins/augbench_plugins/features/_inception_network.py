"""Inception v3 as the weights of 2015 want it: torchvision's, with other poolings."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, max_pool2d
from torchvision.models.inception import BasicConv2d, Inception3, InceptionA, InceptionAux, InceptionB, InceptionC, InceptionD, InceptionE

from augbench_plugins.backbones._errors import BadCheckpoint

SIDE = 299
LABELS = 1008
PUBLISHED = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
"""The sha256 of the published file, whose name holds its beginning."""


def _inner_mean(maps: Tensor) -> Tensor:
    """Average over 3 x 3 pixels, at a border over those within it only."""
    return avg_pool2d(maps, 3, stride=1, padding=1, count_include_pad=False)


class _A(InceptionA):  # type: ignore[misc]
    def _forward(self, x: Tensor) -> list[Tensor]:
        return [*super()._forward(x)[:-1], self.branch_pool(_inner_mean(x))]


class _C(InceptionC):  # type: ignore[misc]
    def _forward(self, x: Tensor) -> list[Tensor]:
        return [*super()._forward(x)[:-1], self.branch_pool(_inner_mean(x))]


class _E(InceptionE):  # type: ignore[misc]
    def _forward(self, x: Tensor) -> list[Tensor]:
        return [*super()._forward(x)[:-1], self.branch_pool(_inner_mean(x))]


class _LastE(InceptionE):  # type: ignore[misc]
    def _forward(self, x: Tensor) -> list[Tensor]:
        return [*super()._forward(x)[:-1], self.branch_pool(max_pool2d(x, 3, stride=1, padding=1))]


class InceptionFeatures(nn.Module):
    """Maps images [B, C, H, W] in [0, 1], C = 1 or 3, to 2,048 features."""

    def __init__(self) -> None:
        super().__init__()
        blocks = [BasicConv2d, _A, InceptionB, _C, InceptionD, _E, InceptionAux]
        self.network = Inception3(num_classes=LABELS, aux_logits=False, init_weights=False, inception_blocks=blocks)
        self.network.Mixed_7c = _LastE(2048)

    def forward(self, images: Tensor) -> Tensor:
        """Return features [B, 2048]."""
        images = stretched(images.expand(-1, 3, -1, -1))
        features: Tensor = self.network((images * 255 - 128) / 128)
        return features

    def load(self, state: dict[str, Tensor]) -> None:
        """Take the weights and leave out the last layer, whose labels nobody asks for."""
        self.network.load_state_dict(state)
        self.network.fc = nn.Identity()


def published(path: Path) -> tuple[InceptionFeatures, str]:
    """Return the network with the weights of the published file, and its sha256.  Raise ``BadCheckpoint`` for another file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != PUBLISHED:
        why = f"its sha256 is {digest}, that of the published file {PUBLISHED}"
        raise BadCheckpoint(path, "the Inception of FID", why, "fetch the published file")
    # The weights are loaded, but whatever is drawn before them must not move a stream.
    with torch.random.fork_rng(devices=[]):
        network = InceptionFeatures()
    network.load(torch.load(path, weights_only=True))
    return network, digest


def stretched(images: Tensor) -> Tensor:
    """Resize to 299 x 299 by two-point interpolation from the top left corner, as TensorFlow 1 did."""
    rows, columns = (_weights(side).to(images) for side in images.shape[-2:])
    return rows @ images @ columns.T


def _weights(side: int) -> Tensor:
    """Return how much each of ``side`` pixels counts in each of 299, [299, side]."""
    places = torch.arange(SIDE) * (side / SIDE)
    low = places.floor().long()
    share = (places - low)[:, None]
    first, second = (nn.functional.one_hot(index, side).float() for index in (low, (low + 1).clamp(max=side - 1)))
    return torch.lerp(first, second, share)
