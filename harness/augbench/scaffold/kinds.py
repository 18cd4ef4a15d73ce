"""The kinds of component that a plugin can be begun with, and what each does until its author changes it."""

SUMMARIES = {
    "augmenter": "Average two images by a drawn weight",
    "generator": "Noise around the mean image of a class",
    "sampler": "Every class alike probable, whatever a batch is made of",
    "loss": "Cross-entropy with smoothed labels",
    "backbone": "A plain convolutional network",
    "dataset": "Drawn stripes: upright, level and slanting",
    "report": "One CSV file: a row's primary metric and its difference to the control",
    "metric": "Geometric mean of the recalls",
}
"""What is registered with the name, unless there is a description."""
