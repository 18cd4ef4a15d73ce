"""Laws of reports: files below one folder, whatever a run came to, and whatever its rows are called."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from augbench.testing.checking import Broken, require
from augbench.testing.laws._compared import COMMAND, HOSTILE, PLAIN, TAG, comparison
from augbench.values.comparing import Comparison, Report

_TEXTS = (".md", ".html", ".htm", ".svg", ".xml", ".tex", ".json", ".csv", ".tsv", ".txt")


def exercise(component: Report) -> object:
    """Render a finished run; return its files."""
    with _rendered(component, comparison(PLAIN)) as (folder, paths):
        names = tuple(path.relative_to(folder).as_posix() for path in paths)
        return names, {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}


def check_tells_its_files(component: Report) -> None:
    """The files that were written are returned, one at least, the main one first."""
    with _rendered(component, comparison(PLAIN)) as (folder, paths):
        require(bool(paths), "render returns no path")
        missing = [path for path in paths if not Path(path).is_file()]
        require(not missing, f"render returns '{missing[0]}', which is no file" if missing else "")
        told = {Path(path).resolve() for path in paths}
        untold = [path for path in _files(folder) if path.resolve() not in told]
        require(not untold, f"render leaves '{untold[0].relative_to(folder)}', which it does not return" if untold else "")


def check_stays_in_its_folder(component: Report) -> None:
    """Nothing is written outside the folder, whatever rows are called."""
    with _rendered(component, comparison(HOSTILE)) as (folder, paths):
        outside = [path for path in (*paths, *_files(folder.parent)) if not Path(path).resolve().is_relative_to(folder.resolve())]
        require(not outside, f"render writes '{outside[0]}', which is not below its folder" if outside else "")


def check_half_done_runs(component: Report) -> None:
    """A run that is half done, or of which nothing is done, is rendered as well."""
    for what in ("half done", "nothing done"):
        try:
            with _rendered(component, comparison(PLAIN, what)) as (_, paths):
                require(bool(paths), f"render returns no path where the run is {what}")
        except Broken:
            raise
        except Exception as error:
            raise Broken(f"render raises {type(error).__name__} where the run is {what}: {error}") from error


def check_names_are_no_code(component: Report) -> None:
    """Names of rows and classes are text in HTML, SVG and LaTeX, never elements, attributes or commands."""
    with _rendered(component, comparison(HOSTILE)) as (folder, _):
        for path in _files(folder):
            where = path.relative_to(folder)
            if path.suffix in (".html", ".htm", ".svg"):
                found = _Elements(path.read_text("utf-8", "replace")).found
                require(not found, f"in '{where}' a name becomes {found}; escape what names hold")
            if path.suffix == ".tex":
                raw = f"\\{COMMAND}" in path.read_text("utf-8", "replace")
                require(not raw, f"in '{where}' a name becomes the command \\{COMMAND}; escape what names hold")


def check_files_stay_valid(component: Report) -> None:
    """Whatever rows are called, text files are UTF-8, JSON can be parsed and SVG is XML."""
    with _rendered(component, comparison(HOSTILE)) as (folder, _):
        for path in _files(folder):
            try:
                _parse(path)
            except (ValueError, ElementTree.ParseError) as error:
                raise Broken(f"'{path.relative_to(folder)}' cannot be read: {error}") from error


def _parse(path: Path) -> None:
    text = path.read_text("utf-8") if path.suffix in _TEXTS else ""
    if path.suffix == ".json":
        json.loads(text)
    elif path.suffix in (".svg", ".xml"):
        ElementTree.fromstring(text)


class _Elements(HTMLParser):
    """What a browser would take for an element or attribute of ours."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        if tag.startswith(TAG):
            self.found = f"the element <{tag}>"
        elif any(name.startswith(TAG) for name, _ in attrs):
            self.found = f"an attribute of <{tag}>"


@contextmanager
def _rendered(component: Report, made: Comparison) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    """Render a comparison into a fresh folder, which has another folder to itself."""
    with TemporaryDirectory() as above:
        folder = Path(above) / "run"
        folder.mkdir()
        yield folder, tuple(component.render(made, folder))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
