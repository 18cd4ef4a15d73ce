"""Every transform of torchvision, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

from augbench import Augmenter, Draw, DrawContext, Facts, Mixed, Reason, draws
from augbench.values.errors import UnknownParameter
from augbench_plugins.augmenters._broadcast import whole

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class TvDraw(Draw):
    """The seed of each image."""

    seed: Tensor
    """int64 [count], always on the CPU: torch's streams are seeded from there."""

    def to(self, device: torch.device | str) -> Self:
        """Stay where the seeds are read."""
        return self


@dataclass(frozen=True, kw_only=True)
class Tv(Augmenter):
    """A transform of torchvision v2: ``tv/RandomErasing``, ``tv/ElasticTransform``.

    It is called once an image, with torch's own streams seeded for that image: slower than augmenters that are made for batches,
    above all on a GPU, which then works on one image at a time.  Results are clipped to [0, 1].
    """

    name: str
    """Its name in torchvision.transforms.v2."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Its parameters, named as in torchvision: ``{ p = 1.0, scale = [0.02, 0.1] }``."""
    dtype: Literal["float32", "uint8"] = "float32"
    """What it is handed: numbers in [0, 1], or whole numbers of 0..255 for transforms such as JPEG that want them."""

    def __post_init__(self) -> None:
        """Refuse parameters that the transform does not have."""
        from augbench_plugins.augmenters._tv_names import tv_parameters

        # Without parameters there is nothing to look up.
        known = tv_parameters().get(self.name, ()) if self.parameters else ()
        for key in self.parameters:
            if key not in known:
                raise UnknownParameter(key, known)

    @classmethod
    def names(cls) -> Sequence[str]:
        """Return the names of the installed torchvision's transforms, without importing it here."""
        from augbench_plugins.augmenters._tv_names import tv_parameters

        return tuple(tv_parameters())

    def supports(self, facts: Facts) -> Reason | None:
        """Tell that torchvision refuses the parameters, or that the transform does not suit the images."""
        from augbench_plugins.augmenters._tv_names import tv_refusal

        return Reason(why) if (why := tv_refusal(self.name, self.parameters, facts.shape, uint8=self.dtype == "uint8")) else None

    def draw(self, context: DrawContext, rng: torch.Generator) -> Draw:
        """Draw the seeds.  Raise ``BadTransform`` where the transform cannot be built or does not suit the images."""
        from augbench_plugins.augmenters._tv_build import build, try_out

        try_out(self.name, build(self.name, self.parameters), context.shape, uint8=self.dtype == "uint8")
        return TvDraw(seed=draws.integers(context, rng, 0, 2**62))

    def apply(self, sources: Tensor, draw: Any) -> Mixed:
        """Transform the images one by one; torch's global streams are left as they were found."""
        from augbench_plugins.augmenters._tv_build import build, one_by_one

        results = sources[:, 0].clone()
        transform = build(self.name, self.parameters)
        for place, image in zip(results, one_by_one(transform, results, draw.seed.tolist(), uint8=self.dtype == "uint8"), strict=True):
            place.copy_(image)
        return Mixed(images=results, pixel_weights=whole(results))
