"""When a fit's images are judged, and which."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from augbench import TrainingView
from augbench_plugins.generators._bank import images_from
from augbench_plugins.generators._blueprint import Blueprint
from augbench_plugins.generators._contest import beside
from augbench_plugins.generators._playing import GeneratorNetwork


@dataclass(frozen=True, kw_only=True)
class Checks:
    """The same latents, shown to the judge at even distances."""

    view: TrainingView
    inputs: Tensor
    """[n, latent + classes]."""
    due: frozenset[int]
    """Iterations."""

    @classmethod
    def of(cls, blueprint: Blueprint, view: TrainingView, iterations: int, rng: torch.Generator) -> Checks:
        """Plan the checks of a fit; ``rng`` is left as it was, so that judging changes no training."""
        judge = view.judge
        if judge is None or not judge.checks:
            return cls(view=view, inputs=torch.empty(0), due=frozenset())
        ahead = torch.Generator()
        ahead.set_state(rng.get_state())
        # Seeded by what the fit's stream gives next, so apart from all that it gives.
        own = ahead.manual_seed(int(torch.randint(2**62, (), generator=ahead)) ^ 1)
        latents = torch.randn(judge.images, blueprint.latent, generator=own)
        # Classes as often as among the images that they are compared with.
        labels = view.labels.sort().values[torch.arange(judge.images) * len(view.labels) // judge.images]
        classes = torch.eye(blueprint.classes)[labels] if blueprint.classes else None
        due = {round(check * iterations / judge.checks) for check in range(judge.checks + 1)}
        return cls(view=view, inputs=beside(latents, classes), due=frozenset(due))

    def at(self, iteration: int, network: GeneratorNetwork) -> dict[str, float]:
        """Judge the network if it is time to; its state is left as it was."""
        judge = self.view.judge
        if judge is None or iteration not in self.due:
            return {}
        network.eval()
        images = images_from(network, self.inputs, self.view)
        network.train()
        return dict(judge(images))
