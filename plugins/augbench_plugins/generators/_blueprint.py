"""The sizes that make a pair of networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from augbench_plugins.generators._dcgan import DcganCritic, DcganGenerator
from augbench_plugins.generators._mlp import MlpCritic, MlpGenerator
from augbench_plugins.generators._playing import Critic, GeneratorNetwork
from augbench_plugins.generators._resnet import ResnetCritic, ResnetGenerator

_GENERATORS: Mapping[str, Callable[[int, int, int, int], GeneratorNetwork]] = {
    "dcgan": DcganGenerator,
    "resnet": ResnetGenerator,
    "mlp": MlpGenerator,
}
_CRITICS: Mapping[str, Callable[[int, int, int, str], Critic]] = {"dcgan": DcganCritic, "resnet": ResnetCritic, "mlp": MlpCritic}


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """Shape, sizes and start weights of a generator network and its critic."""

    channels: int
    side: int
    width: int
    latent: int
    critic_norm: str
    start: str
    network: str = "dcgan"
    classes: int = 0
    """Classes that both networks are told of; 0 for networks of one class."""

    def networks(self, seed: int) -> tuple[GeneratorNetwork, Critic]:
        """Return fresh networks on the CPU; torch's global stream is left as it was."""
        with torch.random.fork_rng(devices=[]):
            # Not torch.manual_seed: that would seed every accelerator's global stream too.
            torch.default_generator.manual_seed(seed)
            pair = self.generator(), self.critic()
            if self.start == "own":
                for network in pair:
                    network.start_as_published()
            return pair

    def restored(self, tensors: Mapping[str, Tensor]) -> GeneratorNetwork:
        """Return the generator network with the given weights, ready to draw images."""
        with torch.device("meta"):
            network = self.generator()
        network.load_state_dict(tensors, assign=True)
        return network.eval()

    def generator(self) -> GeneratorNetwork:
        """Return a generator network with torch's start weights."""
        return _GENERATORS[self.network](self.channels, self.side, self.width, self.latent + self.classes)

    def critic(self) -> Critic:
        """Return a critic with torch's start weights."""
        return _CRITICS[self.network](self.channels + self.classes, self.side, self.width, self.critic_norm)
