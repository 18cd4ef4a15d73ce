"""The figure of scores: quoted results stand apart."""

from augbench import Comparison
from augbench.values.settings import Published
from augbench_reports.figures.scores import quoted_rows, scores_figure
from support.drawn import drawn_rows, titles, words

METRICS = ("accuracy", "macro-f1")
QUOTED = (
    Published(label="Theirs", dataset="phantom", accuracy=0.91, macro_f1=0.868),
    Published(label="By label", dataset="Phantom blood cells", accuracy=0.123),
    Published(label="Elsewhere", dataset="cell-cycle", macro_f1=0.5),
    Published(label="Without numbers", dataset="phantom"),
)


def test_quoted_results_of_the_data_set_stand_hatched_below_the_rows(small: Comparison) -> None:
    (column,) = small.columns
    figure, without = scores_figure(column, METRICS, QUOTED), scores_figure(column, METRICS)
    assert {"Theirs", "0.910", "0.868", "By label", "0.123"} <= set(words(figure))
    assert not {"Elsewhere", "Without numbers"} & set(words(figure))
    assert figure.svg.count('fill="url(#') == 3
    assert "<pattern" not in without.svg
    assert "Theirs: quoted, never tested" in titles(figure)
    assert drawn_rows(figure) == drawn_rows(without)


def test_a_result_in_other_metrics_is_not_drawn(small: Comparison) -> None:
    (column,) = small.columns
    assert [each.label for each in quoted_rows(column, ("macro-f1",), QUOTED)] == ["Theirs"]
    assert quoted_rows(column, ("mcc",), QUOTED) == []
