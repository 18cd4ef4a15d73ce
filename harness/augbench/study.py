"""Comparisons for notebooks and scripts: run a matrix, read its numbers as data frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from augbench.config.snapshots import Snapshot
    from augbench.values.comparing import Comparison

_TYPED = "parquet"
"""The report whose tables have typed columns."""
_TYPED_IN = '"__main__:'
"""What a matrix calls a class that no other process could import."""


class Study(Mapping[str, "pd.DataFrame"]):
    """The comparison of a run as data frames by name: ``study["summary"]``; ``list(study)`` tells the names."""

    def __init__(self, folder: Path | str) -> None:
        """Take a run's folder, finished or not; read when the first frame is asked for.  Then raise ``MissingFile`` where there is none."""
        self.folder = Path(folder)

    @cached_property
    def comparison(self) -> Comparison:
        """The comparison, typed: rows, differences, intervals, verdicts, flags."""
        from augbench.comparison import compare

        return compare(self._run.results(), self._registry)

    @cached_property
    def report(self) -> Path:
        """The page to look at, written anew where trials have ended since."""
        from augbench.engine.rendering import write_reports

        return next(path for path in write_reports(self.folder, ("html",)) if path.suffix == ".html")

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table of the comparison: ``summary``, ``scores``, ``comparisons``, ``differences``, ``classes``, ``costs``, ..."""
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names of the tables."""
        return iter(self._frames)

    def __len__(self) -> int:
        """Return how many tables there are."""
        return len(self._frames)

    def __repr__(self) -> str:
        """Say what can be claimed, above the scores."""
        claims = "\n".join(f"{column.label}: {column.claim.headline}" for column in self.comparison.columns)
        return f"{self.comparison.title} ({self.folder})\n{claims}\n\n{self._shown.to_string(index=False)}"

    def _repr_html_(self) -> str:
        """Show the same in a notebook."""
        claims = "".join(f"<p>{escape(column.label)}: <b>{escape(column.claim.headline)}</b></p>" for column in self.comparison.columns)
        return f"<h4>{escape(self.comparison.title)}</h4>{claims}{self._shown.to_html(index=False, float_format='{:.3f}'.format)}"

    @property
    def _shown(self) -> pd.DataFrame:
        return self["summary"][["dataset", "label", "metric", "seeds", "mean", "sd", "low", "high"]]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    @cached_property
    def _frames(self) -> dict[str, pd.DataFrame]:
        import pandas as pd

        report: Any = self._registry.resolve("report", _TYPED).component
        with TemporaryDirectory() as folder:
            return {path.stem: pd.read_parquet(path) for path in report().render(self.comparison, Path(folder))}

    @cached_property
    def _registry(self) -> Any:
        from augbench.engine.rendering import known_to

        return known_to(self._run)

    @property
    def _run(self) -> Any:
        from augbench.store.run_folder import RunFolder

        return RunFolder(path=self.folder)


def run(
    matrix: str | Path | Mapping[str, Any],
    *,
    sets: Mapping[str, Any] | None = None,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    out: str | Path | None = None,
    store: str | Path | None = None,
    device: str = "auto",
    engine: str | None = None,
    jobs: int | None = None,
    quiet: bool = False,
) -> Study:
    """Run a matrix as ``bench run`` does, and return its comparison.

    ``matrix`` is a file, a preset (``augbench:cifar10-lt``), or a table of the same keys in which a component may stand for itself:
    ``{"extends": "ablation.toml", "rows": {"mine": {"augment": {"rotated": MyMix(low=0.3)}}}}``.  ``sets`` are settings of all rows or
    values of the file, by dotted key.  The rest is as on the command line.  A class of the notebook itself can be used, too; then stages
    run one after another in this process, since no other knows it.  Trials that fail are told, and stand in the tables ``absent`` and
    ``failures``.  Raise an ``AugbenchError`` for anything that keeps the run from beginning.
    """
    from augbench.cli.console import talk
    from augbench.cli.progress import watching
    from augbench.cli.run import summary
    from augbench.config.writing import written
    from augbench.engine.events import Silent
    from augbench.engine.request import Request
    from augbench.engine.session import open_session

    snapshot = _snapshot(matrix) if isinstance(matrix, Mapping) else None
    said = tuple(f"{key}={written(value)}" for key, value in (sets or {}).items())
    here = any(_TYPED_IN in text for text in (*said, *(source.text for source in (snapshot.files if snapshot else ()))))
    session = open_session(
        Request(
            matrix=Path("study.toml") if isinstance(matrix, Mapping) else Path(matrix),
            snapshot=snapshot,
            sets=said,
            only=tuple(only),
            skip=tuple(skip),
            out=Path(out) if out else None,
            store=store,
            device=device,
            engine=engine or ("inline" if here else "local"),
            jobs=jobs,
        )
    )
    if quiet:
        session.run(Silent())
    else:
        with watching(talk()) as observer:
            outcome = session.run(observer)
        talk().print(summary(outcome), markup=False)
    return Study(session.folder.path)


def _snapshot(matrix: Mapping[str, Any]) -> Snapshot:
    """Read a table as if it were a file in the current folder."""
    from augbench.config.documents import with_extended
    from augbench.config.findings import Findings
    from augbench.config.snapshots import Snapshot
    from augbench.config.source import Source
    from augbench.config.writing import document

    findings = Findings()
    documents = with_extended(Source("matrix", document(matrix), Path.cwd()), findings)
    findings.raise_any()
    return Snapshot(files=documents.files)
