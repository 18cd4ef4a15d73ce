"""One update of a critic or of a generator network, without wasted work."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from augbench_plugins.generators._objective import Objective, Penalty, PenaltyAt, squared_norms
from augbench_plugins.generators._playing import Critic, GeneratorNetwork


@dataclass(frozen=True, kw_only=True)
class Contest:
    """Two networks and what each minimises."""

    generator: GeneratorNetwork
    critic: Critic
    generator_optimizer: torch.optim.Optimizer
    critic_optimizer: torch.optim.Optimizer
    objective: Objective
    device: torch.device
    precision: Literal["fp32", "bf16"] = "fp32"

    def critic_step(
        self, reals: Tensor, latents: Tensor, shares: Tensor, shuffle: Tensor | None = None, classes: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Update the critic on reals [B, C, H, W] in [-1, 1] and as many generated images.

        ``shares`` [B] are those of their mixes, ``shuffle`` [2 B] an order of all of them, for a penalty at ``interp-mixed``.
        ``classes`` [B, K] are one-hot rows of the reals, and then of the generated images too.
        """
        if self.objective.clip is not None:
            self._clip(self.objective.clip)
        with torch.no_grad(), self._autocast():
            fakes = self.generator(beside(latents, classes))
        losses = self._critic_losses(reals, fakes.to(reals.dtype), shares, shuffle, classes)
        self.critic_optimizer.zero_grad()
        losses["critic loss"].backward()
        self.critic_optimizer.step()
        return {name: value.detach() for name, value in losses.items()}

    def generator_step(self, latents: Tensor, classes: Tensor | None = None) -> dict[str, Tensor]:
        """Update the generator network; the critic only hands gradients through."""
        self.critic.requires_grad_(False)
        with self._autocast():
            scores = self._score(self.generator(beside(latents, classes)), classes)
        loss = self.objective.generator(scores.float())
        self.generator_optimizer.zero_grad()
        loss.backward()
        self.generator_optimizer.step()
        self.critic.requires_grad_(True)
        return {"generator loss": loss.detach()}

    def _critic_losses(
        self, reals: Tensor, fakes: Tensor, shares: Tensor, shuffle: Tensor | None, classes: Tensor | None
    ) -> dict[str, Tensor]:
        penalty = self.objective.penalty
        if penalty is None:
            return {"critic loss": self.objective.critic(*self._scores(reals, fakes, classes))}
        if penalty.at in ("interp", "interp-within", "interp-mixed"):
            real, fake = self._scores(reals, fakes, classes)
            # A batch of their own: the double backward runs over every row that goes with them.
            price = self._price_between(penalty, *_ends(penalty.at, reals, fakes, shuffle), shares, classes)
        else:
            real, fake, price = self._scores_and_price(penalty, reals, fakes, classes)
        return {"critic loss": self.objective.critic(real, fake) + price, "penalty": price}

    def _score(self, images: Tensor, classes: Tensor | None) -> Tensor:
        """Score images, their classes shown as constant planes beside their channels (Mirza 2014)."""
        if classes is not None:
            planes = classes.to(images.dtype)[..., None, None].expand(-1, -1, *images.shape[-2:])
            images = torch.cat([images, planes], 1)
        scores: Tensor = self.critic(images)
        return scores

    def _scores(self, reals: Tensor, fakes: Tensor, classes: Tensor | None) -> tuple[Tensor, Tensor]:
        """Score both halves: in one pass, unless batch statistics must be their own."""
        with self._autocast():
            if self.critic.couples_images:
                return self._score(reals, classes).float(), self._score(fakes, classes).float()
            real, fake = self._score(torch.cat([reals, fakes]), _twice(classes)).float().chunk(2)
            return real, fake

    def _price_between(self, penalty: Penalty, starts: Tensor, ends: Tensor, shares: Tensor, classes: Tensor | None) -> Tensor:
        """Return the penalty at starts + a (ends - starts), one share a for each pair, or for each two."""
        weights = shares.repeat(len(starts) // len(shares))[:, None, None, None]
        # In float32: the 8 bits of a bfloat16 norm would put its sixth power off by percents.
        points = torch.lerp(starts, ends, weights).requires_grad_()
        return penalty.law(squared_norms(self._score(points, classes), points))

    def _scores_and_price(self, penalty: Penalty, reals: Tensor, fakes: Tensor, classes: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Score and take the penalty from the same pass, which must be float32 too."""
        if penalty.at == "real-fake":
            points = torch.cat([reals, fakes]).requires_grad_()
            scores = self._score(points, _twice(classes))
            real, fake = scores.chunk(2)
        elif penalty.at == "real":
            points = reals.detach().requires_grad_()
            real = scores = self._score(points, classes)
            fake = self._score(fakes, classes)
        else:
            points = fakes.detach().requires_grad_()
            fake = scores = self._score(points, classes)
            real = self._score(reals, classes)
        return real, fake, penalty.law(squared_norms(scores, points))

    def _clip(self, bound: float) -> None:
        weights: list[Tensor] = list(self.critic.parameters())
        with torch.no_grad():
            torch._foreach_clamp_min_(weights, -bound)
            torch._foreach_clamp_max_(weights, bound)

    def _autocast(self) -> AbstractContextManager[None]:
        return torch.autocast(self.device.type, torch.bfloat16) if self.precision == "bf16" else nullcontext()


def _ends(at: PenaltyAt, reals: Tensor, fakes: Tensor, shuffle: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return what points lie between: B pairs, or B of reals and B of generated images within their own kind."""
    if at == "interp":
        return reals, fakes
    both = torch.cat([reals, fakes])
    if at == "interp-within":
        # Batches are shuffled: the next image is any other.
        return both, torch.cat([reals.roll(1, 0), fakes.roll(1, 0)])
    if shuffle is None:
        raise ValueError("a penalty at 'interp-mixed' needs a shuffle of the 2 B images")
    first, second = both[shuffle].chunk(2)
    return first, second


def beside(latents: Tensor, classes: Tensor | None) -> Tensor:
    """Return latents [B, latent], with one-hot classes [B, K] beside them where there are any."""
    return latents if classes is None else torch.cat([latents, classes], 1)


def _twice(classes: Tensor | None) -> Tensor | None:
    return None if classes is None else torch.cat([classes, classes])
