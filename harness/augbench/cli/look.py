"""``bench plugins preview``: pictures of what components do."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from augbench.cli import options
from augbench.cli.chosen import chosen
from augbench.cli.console import print_json, talk
from augbench.cli.meant import Names, Parameters, meant
from augbench.cli.report import show_page
from augbench.cli.wording import examples

if TYPE_CHECKING:
    from augbench.engine.looking import Drawn, Sight
    from augbench.registry.collect import Registry

EPILOG = examples(
    ("bench plugins preview mixup", "what it does to cells of the phantom: previews/mixup.png"),
    ("bench plugins preview mixup nonlinear-mixup --data my-cells", "two side by side, on a folder of images"),
    ("bench plugins preview '{ use = \"mixup\", low = 0.0 }' mixup", "two sets of parameters"),
    ("bench plugins preview ./my_mix.py", "a file of your own, before it is packaged"),
    ("bench plugins preview --matrix ablation.toml --row ours", "all slots of a row, as they are set"),
)
_PHANTOM = "phantom"
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
        str,
        typer.Option(
            "--data",
            metavar="DATASET",
            help="A folder of images, or a data set, perhaps with parameters: [cyan]'{ use = \"phantom\", size = 64 }'[/cyan].",
        ),
    ] = _PHANTOM,
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

    registry = discover()
    sights = _sights(names, registry, sets)
    one = chosen(data, (), None)[0]
    with talk().status("Drawing"):
        from augbench.engine.looking import look_at, write
        from augbench.engine.material import Material
        from augbench.engine.mixing import Shown

        material = Material(
            name=one.name,
            splits=one.dataset.load(),
            resize=_scaling(size, registry) if size else one.resize,
            otherwise=_scaling(64, registry),
            wanted=tuple(filter(None, (name.strip() for name in classes.split(",")))),
            seed=seed,
        )
        drawn = look_at(sights, material, Shown(lines=images, draws=draws, pairing=pairing, limit=limit))  # type: ignore[arg-type]
        path = out or _path(sights)
        write(drawn, path)
    _tell(drawn, path, as_json=as_json)
    if browse:
        show_page([path])


def _sights(names: list[str], registry: Registry, sets: list[str]) -> list[Sight]:
    from augbench.engine.looking import KINDS, Sight

    if not names:
        raise typer.BadParameter("name an augmenter, a sampler or a schedule, or a row of a matrix with --matrix FILE --row NAME")
    return [Sight(subject=subject) for subject in meant(names, registry, sets, KINDS)]


def _scaling(size: int, registry: Registry) -> Any:
    from augbench.config.single import component_from

    return component_from(f'{{ use = "bilinear", size = {size} }}', "resize", "resize", registry)


def _path(sights: list[Sight]) -> Path:
    from augbench.store.names import file_name

    return Path("previews") / f"{file_name('+'.join(dict.fromkeys(sight.subject.name for sight in sights)))}.png"


def _tell(drawn: Drawn, path: Path, *, as_json: bool) -> None:
    if as_json:
        print_json({"picture": str(path), "components": [asdict(one) for one in drawn.told], "notes": drawn.notes})
    else:
        typer.echo(path)
