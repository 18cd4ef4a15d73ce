"""A run notes where each of its components comes from, and every report tells it."""

from __future__ import annotations

from dataclasses import replace

from augbench import __version__
from augbench.comparison.differences import differences
from augbench.store.run_folder import RunFolder
from support.runs import MATRIX, session

MIX = '''
from dataclasses import dataclass

from augbench import Schedule


@dataclass(frozen=True, kw_only=True)
class HalfRate(Schedule):
    """Half the rate."""

    def factor(self, step, steps, steps_per_epoch):
        return 0.5
'''


def test_components_of_distributions_files_and_modules_are_told_apart(tmp_path):
    (tmp_path / "half_of_origins.py").write_text(MIX)
    text = MATRIX.replace('schedule = "support.toys:Flat"', 'schedule = "half-rate"')
    planned = session(tmp_path, f'plugins = ["./half_of_origins.py"]\n{text}')
    found = {(each.kind, each.name): each for each in planned._results("cpu").components}
    metric = found["metric", "macro-f1"]
    assert (metric.distribution, metric.version, metric.file, metric.rows) == ("augbench", __version__, "", ())
    half = found["schedule", "half-rate"]
    assert (half.distribution, half.file) == ("", str(tmp_path / "half_of_origins.py"))
    assert half.rows == tuple(row.name for row in planned.matrix.rows)
    assert half.source == f"half_of_origins.py, code {half.code[:12]}"
    dots = found["dataset", "support.toys:Dots"]
    assert dots.file.endswith("support/toys.py")


def test_they_are_read_from_the_run_s_folder_and_compared_with_another_s(tmp_path):
    planned = session(tmp_path)
    with planned.folder.locked(smoke=False):
        planned.folder.begin(planned._results("cpu"), {}, planned._asked())
    results = RunFolder(path=tmp_path / "run").results()
    assert results.components == planned._results("cpu").components
    newer = tuple(replace(each, version="9.0") if each.kind == "metric" else each for each in results.components)
    changed = differences(results, replace(results, components=newer)).provenance
    assert ("metric macro-f1", f"augbench {__version__}", "augbench 9.0") in [(each.path, each.before, each.after) for each in changed]


def test_a_run_that_did_not_note_them_is_read_all_the_same(tmp_path):
    planned = session(tmp_path)
    with planned.folder.locked(smoke=False):
        planned.folder.begin(planned._results("cpu"), {}, planned._asked())
    document = planned.folder.about()
    del document["components"]
    planned.folder.describe(document)
    assert RunFolder(path=tmp_path / "run").results().components == ()
    assert planned.folder.describes(planned._results("cpu"), {}, planned._asked())
