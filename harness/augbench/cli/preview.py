"""``bench datasets preview``: contact sheets, with counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from augbench.cli import options
from augbench.cli.chosen import Chosen, InMatrix, Parameters, What, chosen
from augbench.cli.console import print_json, print_text, talk
from augbench.cli.report import show_page
from augbench.cli.wording import examples

if TYPE_CHECKING:
    from augbench.engine.previewing import Preview

EPILOG = examples(
    ("bench datasets preview my-cells", "a folder of images: previews/my-cells.png"),
    ("bench datasets preview phantom --set size=64 --each 12", "twelve cells of each class"),
    ("bench datasets preview --matrix ablation.toml", "every data set of a matrix, as its resize leaves it"),
    ("bench datasets preview cells --matrix ablation.toml --split test", "one of them, its test images"),
)
_SPLITS = {"train": "train", "validation": "validation", "val": "validation", "test": "test"}
_PICTURES = re.compile(r"\.(jpe?g|tiff?|bmp|gif|webp|svg|pdf)", re.IGNORECASE)


def _split(value: str) -> str:
    if value not in _SPLITS:
        raise typer.BadParameter(f"'{value}' is no split; write train, validation or test")
    return _SPLITS[value]


def _out(value: Path | None) -> Path | None:
    if value is not None and _PICTURES.fullmatch(value.suffix) and not value.is_dir():
        raise typer.BadParameter(f"previews are PNG pictures; write '{value.with_suffix('.png')}', or a folder")
    return value


def preview(
    what: What = None,
    sets: Parameters = [],  # noqa: B006 - typer copies it
    matrix: InMatrix = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FOLDER|FILE.png", callback=_out, help="Where pictures go. [dim]\\[default: previews/NAME.png][/dim]"
        ),
    ] = None,
    each: Annotated[int, typer.Option("--each", metavar="N", min=1, max=100, help="Images of each class.")] = 8,
    split: Annotated[str, typer.Option("--split", metavar="NAME", callback=_split, help="train, validation or test.")] = "train",
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Which images: another seed chooses others.")] = 0,
    browse: Annotated[bool, typer.Option("--open", help="Show the first picture.")] = False,
    as_json: options.Json = False,
) -> None:
    """Draw a contact sheet of a data set: of each class its name, its counts in each split, and some images.

    Only the images that are shown are decoded. Prints where the pictures lie; many classes take several pages.
    """
    found = chosen(what, sets, matrix)
    paths = _paths(found, out)
    with talk().status("Reading images"):
        from augbench.engine.previewing import Wanted
        from augbench.engine.previewing import preview as draw

        wanted = Wanted(split=split, each=each, seed=seed)
        drawn = [draw(one.name, one.dataset, one.resize, wanted, path) for one, path in zip(found, paths, strict=True)]
    _tell(drawn, as_json=as_json)
    if browse:
        show_page([drawn[0].pictures[0]])


def _paths(found: Sequence[Chosen], out: Path | None) -> list[Path]:
    from augbench.store.names import file_names

    if out is not None and out.suffix.lower() == ".png" and not out.is_dir():
        if len(found) > 1:
            raise typer.BadParameter(f"{len(found)} data sets do not go into one file; name one of them, or a folder with --out")
        return [out]
    folder = out or Path("previews")
    names = file_names(one.name for one in found)
    return [folder / f"{names[one.name]}.png" for one in found]


def _tell(drawn: Sequence[Preview], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(one) for one in drawn])
        return
    for one in drawn:
        for picture in one.pictures:
            print_text(picture)
