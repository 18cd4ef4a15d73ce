"""Collect everything wrong before anything is raised."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from augbench.config.source import Node
from augbench.values.errors import ConfigError, Position, Problem, suggestion

Path = tuple[str, ...]


class Findings:
    """The problems of one matrix.

    A problem that only follows from a misspelt key (``trainig`` and "training.length is missing") says which path it
    ``needs``; it is dropped when an unknown key was probably meant to be that path, so that each mistake is told once.
    """

    def __init__(self) -> None:
        self._problems: dict[Problem, Path | None] = {}
        self._meant: set[Path] = set()

    def add(self, message: str, where: Position | None, hint: str = "", needs: Path | None = None) -> None:
        """Note a problem; the same one again is not noted twice."""
        problem = Problem(message, where, hint)
        if self._problems.get(problem, ()) is not None:
            self._problems[problem] = needs

    def unknown(self, message: str, name: str, node: Node, known: Iterable[str], path: Path, outer: Collection[str] = ()) -> None:
        """Note a key that does not exist in the table at ``path``.

        ``outer`` keys hold settings of other paths (``set``, ``base``): anything may be missing for want of them.
        """
        names = sorted({*known, *outer})
        self.add(message, node.origin.key, suggestion(name, names))
        self._meant.update(() if close in outer else (*path, close) for close in get_close_matches(name, names, 1, 0.6))

    def excuse(self, path: Path) -> None:
        """Say nothing of what needs a path whose own problem has been told."""
        self._meant.add(path)

    def name(self, what: str, name: str, where: Position, known: Iterable[str], needs: Path | None = None) -> None:
        """Note a reference to something that does not exist."""
        self.add(f"no {what} called '{name}'", where, suggestion(name, known), needs)

    def include(self, error: ConfigError) -> None:
        """Note the problems of an error."""
        for problem in error.problems:
            self._problems[problem] = None

    def raise_any(self) -> None:
        """Raise ``ConfigError`` with all problems in the order of the files, if there are any."""
        told = [problem for problem, needs in self._problems.items() if needs is None or not self._excused(needs)]
        if told:
            raise ConfigError(sorted(told, key=_order))

    def _excused(self, needs: Path) -> bool:
        return any(needs[: len(meant)] == meant or meant[: len(needs)] == needs for meant in self._meant)


def _order(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (where.file, where.line, where.column) if where else ("", 0, 0)
