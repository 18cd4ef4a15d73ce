"""One update of a critic or of a generator network, without wasted work."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from augbench_plugins.generators._dcgan import DcganCritic, DcganGenerator
from augbench_plugins.generators._objective import Objective, Penalty, squared_norms


@dataclass(frozen=True, kw_only=True)
class Contest:
    """Two networks and what each minimises."""

    generator: DcganGenerator
    critic: DcganCritic
    generator_optimizer: torch.optim.Optimizer
    critic_optimizer: torch.optim.Optimizer
    objective: Objective
    device: torch.device
    precision: Literal["fp32", "bf16"] = "fp32"

    def critic_step(self, reals: Tensor, latents: Tensor, shares: Tensor) -> dict[str, Tensor]:
        """Update the critic on reals [B, C, H, W] in [-1, 1], as many generated images, and shares [B] of their mixes."""
        if self.objective.clip is not None:
            self._clip(self.objective.clip)
        with torch.no_grad(), self._autocast():
            fakes = self.generator(latents)
        losses = self._critic_losses(reals, fakes.to(reals.dtype), shares)
        self.critic_optimizer.zero_grad()
        losses["critic loss"].backward()
        self.critic_optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def generator_step(self, latents: Tensor) -> dict[str, Tensor]:
        """Update the generator network; the critic only hands gradients through."""
        self.critic.requires_grad_(False)
        with self._autocast():
            scores = self.critic(self.generator(latents))
        loss = self.objective.generator(scores.float())
        self.generator_optimizer.zero_grad()
        loss.backward()
        self.generator_optimizer.step()
        self.critic.requires_grad_(True)
        return {"generator loss": loss.detach()}

    def _critic_losses(self, reals: Tensor, fakes: Tensor, shares: Tensor) -> dict[str, Tensor]:
        penalty = self.objective.penalty
        if penalty is None:
            return {"critic loss": self.objective.critic(*self._scores(reals, fakes))}
        if penalty.at == "interp":
            real, fake = self._scores(reals, fakes)
            # A batch of their own: the double backward runs over every row that goes with them.
            price = self._price_between(penalty, reals, fakes, shares)
        else:
            real, fake, price = self._scores_and_price(penalty, reals, fakes)
        return {"critic loss": self.objective.critic(real, fake) + price, "penalty": price}

    def _scores(self, reals: Tensor, fakes: Tensor) -> tuple[Tensor, Tensor]:
        """Score both halves: in one pass, unless batch statistics must be their own."""
        with self._autocast():
            if self.critic.couples_images:
                return self.critic(reals).float(), self.critic(fakes).float()
            real, fake = self.critic(torch.cat([reals, fakes])).float().chunk(2)
            return real, fake

    def _price_between(self, penalty: Penalty, reals: Tensor, fakes: Tensor, shares: Tensor) -> Tensor:
        """Return the penalty at x + a (Gz - x), one share a for each image."""
        # In float32: the 8 bits of a bfloat16 norm would put its sixth power off by percents.
        points = torch.lerp(reals, fakes, shares[:, None, None, None]).requires_grad_()
        return penalty.law(squared_norms(self.critic(points), points))

    def _scores_and_price(self, penalty: Penalty, reals: Tensor, fakes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Score and take the penalty from the same pass, which must be float32 too."""
        if penalty.at == "real-fake":
            points = torch.cat([reals, fakes]).requires_grad_()
            scores = self.critic(points)
            real, fake = scores.chunk(2)
        elif penalty.at == "real":
            points = reals.detach().requires_grad_()
            real = scores = self.critic(points)
            fake = self.critic(fakes)
        else:
            points = fakes.detach().requires_grad_()
            fake = scores = self.critic(points)
            real = self.critic(reals)
        return real, fake, penalty.law(squared_norms(scores, points))

    def _clip(self, bound: float) -> None:
        weights: list[Tensor] = list(self.critic.parameters())
        with torch.no_grad():
            torch._foreach_clamp_min_(weights, -bound)
            torch._foreach_clamp_max_(weights, bound)

    def _autocast(self) -> AbstractContextManager[None]:
        return torch.autocast(self.device.type, torch.bfloat16) if self.precision == "bf16" else nullcontext()
