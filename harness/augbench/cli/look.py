"""``bench plugins preview``: pictures of what components do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from augbench.cli import options
from augbench.cli.chosen import Chosen, chosen
from augbench.cli.console import print_json, print_text, talk
from augbench.cli.meant import Names, Parameters, meant, used
from augbench.cli.report import show_page
from augbench.cli.wording import examples
from augbench.store.names import file_name
from augbench.values.errors import UnknownColumn, suggestion

if TYPE_CHECKING:
    from augbench.engine.looking import Drawn, Sight
    from augbench.engine.material import Material
    from augbench.registry.collect import Registry
    from augbench.values.data import Resize
    from augbench.values.sampling import Pairing

EPILOG = examples(
    ("bench plugins preview mixup", "what it does to cells of the phantom: previews/mixup.png"),
    ("bench plugins preview mixup nonlinear-mixup --data my-cells", "two side by side, on a folder of images"),
    ("bench plugins preview '{ use = \"mixup\", low = 0.0 }' mixup", "two sets of parameters"),
    ("bench plugins preview ./my_mix.py", "a file of your own, before it is packaged"),
    ("bench plugins preview --matrix ablation.toml --row ours", "all slots of a row, as they are set"),
)
_PHANTOM = "phantom"
_NAMED = 4
"""Components that a title names, at most."""
_ONE_SIZE = 64
"""What images are scaled to that differ in size or are large, where nobody says."""
_PAIRINGS = ("any", "same-class")


def _pairing(value: str) -> str:
    if value not in _PAIRINGS:
        raise typer.BadParameter(f"'{value}' is no pairing; write any or same-class")
    return value


def _out(value: Path | None) -> Path | None:
    if value is not None and (value.suffix.lower() != ".png" or value.is_dir()):
        raise typer.BadParameter(f"the picture is a PNG file; write '{value.with_suffix('.png') if value.name else 'preview.png'}'")
    return value


def preview(
    names: Names = [],  # noqa: B006 - typer copies it
    sets: Parameters = [],  # noqa: B006 - typer copies it
    data: Annotated[
        str | None,
        typer.Option(
            "--data",
            metavar="DATASET",
            help="A folder of images, a data set, perhaps with parameters, as in "
            "[cyan]'{ use = \"phantom\", size = 64 }'[/cyan], or one of the matrix. [dim]\\[default: phantom][/dim]",
            show_default=False,
        ),
    ] = None,
    matrix: Annotated[
        Path | None, typer.Option("--matrix", "-m", metavar="FILE", help="Show a row of this matrix file.", show_default=False)
    ] = None,
    row: Annotated[str | None, typer.Option("--row", metavar="NAME", help="Which row.", show_default=False)] = None,
    size: Annotated[
        int | None, typer.Option("--size", metavar="N", min=1, help="Scale images to N x N pixels first.", show_default=False)
    ] = None,
    classes: Annotated[str, typer.Option("--classes", metavar="A,B", help="Only these classes, in this order.", show_default=False)] = "",
    pairing: Annotated[
        str, typer.Option("--pairing", metavar="NAME", callback=_pairing, help="any: sources of several classes; same-class: of one.")
    ] = "any",
    images: Annotated[int, typer.Option("--images", metavar="N", min=1, max=50, help="Sets of sources.")] = 3,
    draws: Annotated[int, typer.Option("--draws", metavar="N", min=1, max=50, help="Draws of each.")] = 6,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Another seed chooses other images and draws.")] = 0,
    compact: Annotated[
        bool, typer.Option("--compact", help="Show every augmenter in lines of its own, without extremes: for many.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE.png", callback=_out, help="Where it goes. [dim]\\[default: previews/NAME.png][/dim]"),
    ] = None,
    limit: Annotated[
        float, typer.Option("--limit", metavar="TIME", parser=options.duration, help="What the code of a component may take.")
    ] = "20s",  # type: ignore[assignment]
    browse: Annotated[bool, typer.Option("--open", help="Show the picture.")] = False,
    as_json: options.Json = False,
) -> None:
    """Draw what augmenters, transforms, samplers and schedules do, one below the other.

    Of an augmenter: source images on the left, then what several draws make of them, each with its label. Prints where the picture lies.
    """
    from augbench.registry.discovery import discover

    asked = _Asked(data=data, size=size, classes=_names(classes), seed=seed)
    found = asked.row(matrix, row, sets) if matrix else asked.named(names, discover(), sets)
    with talk().status("Drawing"):
        from augbench.engine.looking import look_at, write
        from augbench.engine.mixing import Shown

        shown = Shown(lines=images, draws=draws, pairing=cast("Pairing", pairing), compact=compact, limit=limit)
        drawn = look_at(found.sights, found.material, shown, found.title)
        path = out or Path("previews") / f"{file_name(found.file)}.png"
        write(drawn, path)
    _tell(drawn, path, as_json=as_json)
    if browse:
        show_page([path])


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What is to be drawn, and on which images."""

    title: str
    file: str
    """What the picture is called, unless that is said."""
    sights: list[Sight]
    material: Material


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What the command line says of images."""

    data: str | None
    size: int | None
    classes: tuple[str, ...]
    seed: int

    def named(self, names: Sequence[str], registry: Registry, sets: Sequence[str]) -> _Found:
        """Find components by their names."""
        from augbench.engine.looking import KINDS, Sight

        if not names:
            raise typer.BadParameter("name an augmenter, a sampler or a schedule, or a row of a matrix with --matrix FILE --row NAME")
        subjects = meant(names, registry, sets, KINDS)
        one = chosen(self.data or _PHANTOM, (), None)[0]
        title = _joined(list(dict.fromkeys(subject.name for subject in subjects)))
        return _Found(
            title=title, file=title, sights=[Sight(subject=subject) for subject in subjects], material=self._material(one, registry)
        )

    def row(self, path: Path, row: str | None, sets: Sequence[str]) -> _Found:
        """Find the slots of a row."""
        from augbench.engine.row_sights import sights_of
        from augbench.matrix import load_matrix, minority, registry_of
        from augbench.registry.asking import probed

        registry = registry_of(path)
        matrix = load_matrix(path, registry, sets=sets)
        rows = [each.name for each in matrix.rows]
        if row not in rows:
            raise typer.BadParameter(f"name a row with --row; {suggestion(row or '', rows)}")
        columns = {column.name: column for column in matrix.columns if (row, column.name) in matrix.cells}
        column = columns.get(self.data or next(iter(columns), ""))
        if column is None:
            raise UnknownColumn(self.data or "", list(columns))
        one = Chosen(name=column.name, dataset=column.dataset, resize=column.resize)
        material = self._material(one, registry, minority(column, probed(column.dataset)))
        sights = sights_of(matrix.cells[row, column.name], material, registry.name_of)
        return _Found(title=f"{row}: {matrix.title}", file=f"{path.stem}-{row}", sights=list(sights), material=material)

    def _material(self, one: Chosen, registry: Registry, small: tuple[str, ...] | None = None) -> Material:
        from augbench.engine.material import Material
        from augbench.registry.asking import loaded

        return Material(
            name=used(one.name),
            splits=loaded(one.dataset),
            resize=_scaling(self.size, registry) if self.size else one.resize,
            otherwise=_scaling(_ONE_SIZE, registry),
            wanted=self.classes,
            seed=self.seed,
            small=small,
        )


def _joined(names: Sequence[str]) -> str:
    few = names if len(names) <= _NAMED else [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return " + ".join(few)


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.split(","))))


def _scaling(size: int, registry: Registry) -> Resize:
    from augbench.config.single import component_from

    return cast("Resize", component_from(f'{{ use = "bilinear", size = {size} }}', "resize", "resize", registry))


def _tell(drawn: Drawn, path: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({"picture": str(path), "components": [asdict(one) for one in drawn.told], "notes": drawn.notes})
    else:
        print_text(path)
