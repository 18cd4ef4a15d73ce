"""What a plugin's author imports is a promise: a name that goes, or comes, is a decision."""

from __future__ import annotations

import augbench

PUBLIC = """
Adjustment
AdjustmentContext
AugbenchError
Augmenter
Backbone
BackboneContext
Card
Comparison
Component
CountMetric
DataError
Dataset
Diverged
Download
Draw
DrawContext
EmptyClass
Facts
FeatureNetwork
Features
Fit
Fitted
Generator
Group
Images
Judge
Lazy
Loss
LossContext
Metric
Mixed
Network
NotFetched
Observer
OddImage
Optimizer
Outcome
PairedTest
Predictions
Probe
Progress
Reason
Registry
Report
ReportNote
Resize
RunFacts
SampleContext
Sampler
Schedule
Split
Splits
StageFacts
StageFailure
Streams
Study
TableView
TrainingView
TrialFacts
TrialResult
UnreadableData
UnreadableImage
comparing
data_folder
dividing
draws
evidence
formulas
hookimpl
in_order
numbers
run
shares
"""


def test_the_public_names_are_these():
    assert augbench.__all__ == PUBLIC.split()


def test_every_public_name_is_there_and_explains_itself():
    for name in augbench.__all__:
        value = getattr(augbench, name)
        assert value.__doc__ or name == "hookimpl", name


def test_nothing_else_looks_public():
    packages = {
        "cli",
        "comparison",
        "config",
        "engine",
        "matrix",
        "plan",
        "quality",
        "registry",
        "scaffold",
        "stages",
        "statistics",
        "store",
        "study",
        "testing",
        "values",
    }
    others = {name for name in vars(augbench) if name.isidentifier() and not name.startswith("_")} - set(augbench.__all__) - packages
    assert others == {"HookimplMarker"}
