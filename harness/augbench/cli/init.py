"""``bench init``: write a matrix file to begin with."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from augbench.cli import options
from augbench.cli.console import data, print_json, print_text, talk
from augbench.cli.wording import examples

EPILOG = examples(
    ("bench init my-cells", "look at a folder of images, and write ./ablation.toml for it"),
    ("bench init my-cells --out cells.toml", "into another file"),
    ("bench init --list", "the presets: matrix files that come with augbench"),
    ("bench init --preset augbench:rana-2022/cell-cycle", "copy one of them, to change it"),
)
_NOTHING = (
    "name a folder of images, as in 'bench init my-cells': laid out as FOLDER/train/CLASS/PICTURE (and test, and maybe val), "
    "as FOLDER/CLASS/PICTURE, or with a manifest.csv; or copy a preset with --preset NAME ('bench init --list' has all)"
)


def init(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="Images that the matrix file is to be about.", show_default=False)
    ] = None,
    preset: Annotated[
        str | None, typer.Option("--preset", metavar="NAME", help="Copy this matrix file of augbench, or of a plugin, instead.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the presets, and write nothing.")] = False,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The matrix file to write.")] = options.DEFAULT_MATRIX,
    force: Annotated[bool, typer.Option("--force", help="Replace the file where there is one.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --list: write JSON, for scripts.")] = False,
) -> None:
    """Write a commented matrix file for a folder of images, which runs as it stands, or copy a preset.

    Looks at the images, and chooses minority classes, sizes, batches, budgets, folds and rows to begin with; comments say why.
    """
    if listed:
        _list(as_json=as_json)
        return
    if (folder is None) == (preset is None):
        raise typer.BadParameter("name a folder or a preset, not both" if folder else _NOTHING)
    _check(out, force=force)
    option = "" if out == options.DEFAULT_MATRIX else f" --matrix {shlex.quote(str(out))}"
    _write(out, _known_to_editors(out, _preset(preset) if folder is None else _proposed(folder, out, option)), force=force)
    print_text(out)
    talk().print(f"Next:\n  bench plan{option}\n  bench run{option}", markup=False)


def _list(*, as_json: bool) -> None:
    from augbench.config import presets

    found = presets.listed()
    if as_json:
        print_json([asdict(preset) for preset in found])
        return
    table = Table("preset", "what it compares", "needs", "trials")
    for preset in found:
        told = (preset.name, preset.summary or preset.title, preset.needs, "" if preset.trials is None else str(preset.trials))
        table.add_row(*map(escape, told))
    data().print(table)


def _preset(name: str | None) -> str:
    from augbench.config import presets

    assert name is not None
    return presets.text(name)


def _proposed(folder: Path, out: Path, option: str) -> str:
    with talk().status("Looking at the images"):
        from augbench.engine.proposing import propose

        return propose(folder, out, option)


def _known_to_editors(out: Path, text: str) -> str:
    """Name the schema that lies beside a matrix, if one does."""
    from augbench.config.schema.linking import FILE, linked, named, reference

    schema = out.parent / FILE
    return linked(text, reference(schema, out)) if schema.is_file() and named(text) is None else text


def _check(out: Path, *, force: bool) -> None:
    from augbench.values.errors import FileThere

    if out.is_dir():
        raise typer.BadParameter(f"'{out}' is a folder; name a file, such as --out {out / 'ablation.toml'}")
    if out.exists() and not force:
        raise FileThere(out)


def _write(out: Path, text: str, *, force: bool) -> None:
    from augbench.store.files import write_text

    # Looking took a while.
    _check(out, force=force)
    write_text(out, text)
