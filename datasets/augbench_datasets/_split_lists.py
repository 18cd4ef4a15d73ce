"""Read lists of training and test images, ``index<TAB>label<TAB>path``, as recordio tools write them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from augbench import UnreadableData
from augbench_datasets._cell_errors import TakenTwice, Unlisted
from augbench_datasets._errors import BadManifest
from augbench_datasets._templates import Template


@dataclass(frozen=True, kw_only=True)
class SplitLists:
    """The two lists of a split."""

    paths: Mapping[str, Path]
    """By split."""
    codes: Sequence[str]
    """The class of label 0, of label 1, ..."""
    templates: tuple[Template, ...]
    """How a listed file may be named."""

    def split(self, root: Path, cells: Collection[str], *, leave_out: bool) -> dict[str, str]:
        """Return the split of each cell, which is called CLASS/CELL; lines that repeat one count once.

        Raise ``UnreadableData`` or ``BadManifest`` for a list, ``TakenTwice`` for a cell in both, ``Unlisted`` for one in neither.
        """
        found: dict[str, str] = {}
        for split, path in self.paths.items():
            for number, cell in self._cells(path):
                if cell not in cells:
                    raise BadManifest(path, number, f"no cell '{cell}' in '{root}'", "remove the line, or add the cell's files")
                if found.setdefault(cell, split) != split:
                    raise TakenTwice(root, cell, [str(path) for path in self.paths.values()])
        if not leave_out and (missing := sorted(set(cells) - found.keys())):
            raise Unlisted(root, missing)
        return found

    def _cells(self, path: Path) -> Iterator[tuple[int, str]]:
        """Yield the number of each line and the cell that it names."""
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UnreadableData(
                path, str(getattr(error, "strerror", None) or "it is no text in UTF-8"), "correct the list's path"
            ) from error
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, self._cell(path, number, line)

    def _cell(self, path: Path, number: int, line: str) -> str:
        parts = line.rstrip().split("\t")
        if len(parts) != 3 or not re.fullmatch(r"\d{1,9}(\.0*)?", parts[1], re.ASCII):
            raise BadManifest(path, number, "not 'index, label, path' with tabs between", "mend or remove the line")
        folder, _, file = parts[2].replace("\\", "/").rpartition("/")
        label = folder.rpartition("/")[2]
        name = next((read[0] for template in self.templates if (read := template.read(file))), None)
        if name is None:
            raise BadManifest(path, number, f"'{file}' is not named as expected", "mend the line, or change file or merged-file")
        # Label 3 is written 3.000000 by the tool that makes such lists.
        code = int(parts[1].split(".")[0])
        meant = self.codes[code] if code < len(self.codes) else None
        if meant != label:
            meaning = f"means {meant}" if meant else "means nothing"
            hint = "mend the line, or set codes to the classes of labels 0, 1, ... in this file"
            raise BadManifest(path, number, f"label {code} {meaning}, and the folder is '{label}'", hint)
        return f"{label}/{name}"
