"""Small samples whose tests were computed elsewhere, shared by the tests of the statistics."""

import numpy as np

V1 = ([0.91, 0.85, 0.77, 0.95, 0.60, 0.88, 0.72], [0.81, 0.66, 0.79, 0.58, 0.70, 0.55, 0.69])
TIED = ([1, 2, 2, 3, 3, 3, 4, 5], [1, 1, 2, 2, 2, 3, 3, 4])
SATURATED = (np.r_[np.ones(60), np.linspace(0.5, 0.99, 40)], np.r_[np.ones(50), np.linspace(0.45, 0.985, 50)])

SEEDS = ([0.861, 0.874, 0.868, 0.880, 0.871], [0.850, 0.860, 0.866, 0.861, 0.865])
"""A row's scores of five seeds, and the control's."""
DIFFERENCES = np.array(SEEDS[0]) - np.array(SEEDS[1])

DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.975, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ]
)
"""AUC of C4.5, C4.5+m, C4.5+cf and C4.5+m+cf on 14 data sets: Demsar (2006), Table 6; its first two columns are Table 2."""
DEMSAR_RANKS = np.array([44, 28, 40.5, 27.5]) / 14
"""The mean ranks that he prints: 3.143, 2.000, 2.893, 1.964.  He ranks the equal 0.975 of the data set "voting" 2 and 3."""

APART = np.array(
    [
        [0.89, 0.79, 0.62],
        [0.86, 0.79, 0.77],
        [0.78, 0.74, 0.88],
        [0.69, 0.61, 0.73],
        [0.78, 0.76, 0.75],
        [0.81, 0.82, 0.74],
        [0.87, 0.70, 0.67],
        [0.86, 0.70, 0.61],
    ]
)
"""Three rows on eight data sets: the first differs from the second in rank, and not from the third."""
