"""Tables that are there only where there is something to say."""

from collections.abc import Callable
from dataclasses import replace

from augbench import Comparison
from augbench.comparison import compare
from augbench.values.results import Results, TrialResult
from augbench_reports.building import document
from augbench_reports.document import Document, Table, Text
from augbench_reports.tables.costs import SHARED, cost_table

Costs = dict[str, float]


def with_costs(make: Callable[..., Results], **costs: Costs) -> Comparison:
    """Compare two rows of which each trial took so much."""

    def change(trial: TrialResult) -> TrialResult:
        return replace(trial, curves={}, seconds=None, cost=costs.get(trial.row.replace("-", "_"), {}))

    return compare(make(seeds=(0,), rows=2, change=change))


def failed_section(page: Document) -> tuple[list[str], list[Table]]:
    """Return the paragraphs and tables of the section on failures."""
    blocks = [block for section in page.sections if section.slug == "failures" for block in section.blocks]
    return [block.text for block in blocks if isinstance(block, Text)], [block for block in blocks if isinstance(block, Table)]


def test_columns_without_any_number_are_left_out(make: Callable[..., Results]) -> None:
    table = cost_table(with_costs(make, ours={"cpu-seconds": 90.0, "energy-joules": 25_300.0}).columns[0])
    assert table is not None
    assert [cell.text for cell in table.head] == ["Row", "CPU time", "Energy"]
    assert [[cell.text for cell in row[1:]] for row in table.rows] == [["1.5 min", "25.3 kJ"], ["–", "–"]]
    assert SHARED not in table.note


def test_shared_time_is_explained_where_it_is_shown(make: Callable[..., Results]) -> None:
    table = cost_table(with_costs(make, ours={"shared-seconds": 3.0}, wgan_gp={"peak-device-memory-mb": 6234.0}).columns[0])
    assert table is not None
    assert [(cell.text, cell.note) for cell in table.head[1:]] == [("Shared time", "not divided"), ("Peak memory", "device")]
    assert [[cell.text for cell in row[1:]] for row in table.rows] == [["3.0 s", "–"], ["–", "6.2 GB"]]
    assert table.note.endswith(SHARED)


def test_without_any_cost_there_is_no_table(make: Callable[..., Results]) -> None:
    assert cost_table(with_costs(make).columns[0]) is None


def test_the_failures_stand_after_the_data_sets(failing: Results) -> None:
    page = document(compare(failing))
    slugs = [section.slug for section in page.sections]
    assert slugs.index("phantom-absent") < slugs.index("failures") < slugs.index("provenance")
    said, (table,) = failed_section(page)
    assert said[:2] == [
        "10 of the 24 trials that ran failed, in 2 ways.",
        "9 of 10 failures have augment.linear = cutmix; of the 14 other trials, 3 have it.",
    ]
    memory, killed = [[cell.text for cell in row] for row in table.rows]
    assert memory[:3] == ["memory: OutOfMemoryError", "9", "train"]
    assert memory[3] == "9 of 9 failures have augment.linear = cutmix; of the 15 other trials, 3 have it."
    assert killed[3:] == ["–", "evaluate wgan-gp s1: worker 2 was killed by signal 11", "bench retry RUN --failure killed"]
    assert table.rows[0][4].note == "in phantom/wgan/s2, phantom/wgan/s3 and 7 more; one of 9 reasons"


def test_one_kind_of_failure_says_once_what_it_has_in_common(run: Results) -> None:
    said, (table,) = failed_section(document(compare(run)))
    assert said == ["1 of the 20 trials that ran failed."]
    assert [cell.text for cell in table.head] == ["What failed", "Trials", "Stage", "Reason", "Try again"]
    assert table.rows[0][-1].note == "after mending its cause"


def test_where_nothing_failed_nothing_is_said(small: Comparison) -> None:
    assert failed_section(document(small)) == ([], [])
    assert small.failures is None


def test_hostile_failures_are_there_to_be_escaped(hostile: Document) -> None:
    said, (table,) = failed_section(hostile)
    assert said[1].startswith("3 of 3 failures have")
    assert "<img src=x onerror=alert(1)>" in said[1]
    assert "<script>alert(1)</script>" in table.rows[0][0].text
    assert not {"\u202e", "\x00", "\n"} & set("".join([*said, *(cell.text + cell.note for cell in table.rows[0])]))
