"""augbench: compare data augmentation for imbalanced image classification.

What a plugin's author imports stands here, and ``run`` for notebooks; everything else is private.
"""

from pluggy import HookimplMarker

from augbench.registry.collect import Registry
from augbench.study import Study, run
from augbench.values import comparing, dividing, draws, evidence, formulas, numbers
from augbench.values.augmenting import Augmenter, Draw, DrawContext, Mixed, TableView
from augbench.values.comparing import Comparison, Report, ReportNote
from augbench.values.components import Component, Facts, Reason
from augbench.values.data import Card, Dataset, Download, Images, Lazy, Probe, Resize, Split, Splits, data_folder
from augbench.values.errors import AugbenchError, DataError, Diverged, EmptyClass, NotFetched, OddImage, UnreadableData, UnreadableImage
from augbench.values.learning import (
    Adjustment,
    AdjustmentContext,
    Backbone,
    BackboneContext,
    Loss,
    LossContext,
    Network,
    Optimizer,
    Schedule,
)
from augbench.values.measuring import CountMetric, Metric, PairedTest
from augbench.values.observing import Observer, Outcome, RunFacts, StageFacts, StageFailure, TrialFacts
from augbench.values.ordered import in_order
from augbench.values.quality import FeatureNetwork, Features, Judge
from augbench.values.results import Predictions, TrialResult
from augbench.values.sampling import Group, SampleContext, Sampler, shares
from augbench.values.streams import Streams
from augbench.values.synthesis import Fit, Fitted, Generator, Progress, TrainingView

__version__ = "0.1.0"

hookimpl = HookimplMarker("augbench")

__all__ = [
    "Adjustment",
    "AdjustmentContext",
    "AugbenchError",
    "Augmenter",
    "Backbone",
    "BackboneContext",
    "Card",
    "Comparison",
    "Component",
    "CountMetric",
    "DataError",
    "Dataset",
    "Diverged",
    "Download",
    "Draw",
    "DrawContext",
    "EmptyClass",
    "Facts",
    "FeatureNetwork",
    "Features",
    "Fit",
    "Fitted",
    "Generator",
    "Group",
    "Images",
    "Judge",
    "Lazy",
    "Loss",
    "LossContext",
    "Metric",
    "Mixed",
    "Network",
    "NotFetched",
    "Observer",
    "OddImage",
    "Optimizer",
    "Outcome",
    "PairedTest",
    "Predictions",
    "Probe",
    "Progress",
    "Reason",
    "Registry",
    "Report",
    "ReportNote",
    "Resize",
    "RunFacts",
    "SampleContext",
    "Sampler",
    "Schedule",
    "Split",
    "Splits",
    "StageFacts",
    "StageFailure",
    "Streams",
    "Study",
    "TableView",
    "TrainingView",
    "TrialFacts",
    "TrialResult",
    "UnreadableData",
    "UnreadableImage",
    "comparing",
    "data_folder",
    "dividing",
    "draws",
    "evidence",
    "formulas",
    "hookimpl",
    "in_order",
    "numbers",
    "run",
    "shares",
]
