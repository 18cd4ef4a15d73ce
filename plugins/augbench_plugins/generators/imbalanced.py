"""Borderline-SMOTE, SVM-SMOTE and ADASYN, by imbalanced-learn in float pixel space."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from annotated_types import Ge

from augbench import Facts, Fitted, Generator, Progress, Reason, TrainingView
from augbench.values.errors import MissingExtra

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class ImbalancedLearn(Generator):
    """What the samplers share; distances are Euclidean over pixels, results are rounded to the data set's integers."""

    uses: ClassVar[tuple[str, ...]] = ()
    method: ClassVar[str]
    """The name in messages."""

    k: Annotated[int, Ge(1)] = 5
    """Neighbours of an image."""

    def __post_init__(self) -> None:
        """Refuse to be named where imbalanced-learn is not installed."""
        if find_spec("imblearn") is None:
            raise MissingExtra(self.method, "smote")

    def supports(self, facts: Facts) -> Reason | None:
        """Tell which minority class has too few images."""
        from augbench_plugins._too_few import too_few_neighbours

        return too_few_neighbours(facts, self.method, self.k)

    @abstractmethod
    def sampler(self, strategy: dict[int, int], seed: int) -> Any:
        """Return imbalanced-learn's sampler that brings classes to the counts of ``strategy``."""

    def fit(self, view: TrainingView, rng: torch.Generator, progress: Progress, resume: Fitted | None = None) -> Fitted:
        """Learn nothing: neighbours are found while images are drawn."""
        return Fitted(tensors={})

    def sample(self, fitted: Fitted, view: TrainingView, count: int, rng: torch.Generator) -> Tensor:
        """Draw images beside all training images.  Raise ``TooFewNeighbours`` or ``NothingDrawn``."""
        from augbench_plugins._too_few import demand_neighbours
        from augbench_plugins.generators._imbalanced import drawn

        demand_neighbours(view, self.method, self.k)
        return drawn(self.sampler, self.method, view, count, rng)


@dataclass(frozen=True, kw_only=True)
class BorderlineSmote(ImbalancedLearn):
    """SMOTE from images in danger alone: of whose neighbours at least half, but not all, are of other classes (Han 2005)."""

    method: ClassVar[str] = "borderline-smote"

    variant: Literal[1, 2] = 1
    """1 moves towards neighbours of the class; 2 towards any, and half as far towards those of other classes."""
    m: Annotated[int, Ge(1)] = 10
    """Neighbours, of all classes, that decide whether an image is in danger."""

    def sampler(self, strategy: dict[int, int], seed: int) -> Any:
        """Return imbalanced-learn's BorderlineSMOTE."""
        from imblearn.over_sampling import BorderlineSMOTE

        kind = f"borderline-{self.variant}"
        return BorderlineSMOTE(sampling_strategy=strategy, random_state=seed, k_neighbors=self.k, m_neighbors=self.m, kind=kind)


@dataclass(frozen=True, kw_only=True)
class SvmSmote(ImbalancedLearn):
    """SMOTE from the support vectors of a machine that tells the classes apart; beyond them where it is safe (Nguyen 2011)."""

    method: ClassVar[str] = "svm-smote"

    m: Annotated[int, Ge(1)] = 10
    """Neighbours, of all classes, that decide whether an image is in danger."""
    out_step: Annotated[float, Ge(0)] = 0.5
    """How far an image may lie beyond a safe support vector, in distances to its neighbour."""

    def sampler(self, strategy: dict[int, int], seed: int) -> Any:
        """Return imbalanced-learn's SVMSMOTE."""
        from imblearn.over_sampling import SVMSMOTE

        return SVMSMOTE(sampling_strategy=strategy, random_state=seed, k_neighbors=self.k, m_neighbors=self.m, out_step=self.out_step)


@dataclass(frozen=True, kw_only=True)
class Adasyn(ImbalancedLearn):
    """SMOTE that draws more from images with more neighbours of other classes (He 2008)."""

    method: ClassVar[str] = "adasyn"

    def sampler(self, strategy: dict[int, int], seed: int) -> Any:
        """Return imbalanced-learn's ADASYN."""
        from imblearn.over_sampling import ADASYN

        return ADASYN(sampling_strategy=strategy, random_state=seed, n_neighbors=self.k)
