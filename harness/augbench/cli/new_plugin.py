"""``bench new-plugin``: begin a component of one's own as a distribution that can be installed."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from augbench.cli.console import print_json, print_text, talk
from augbench.cli.wording import examples
from augbench.scaffold.kinds import SUMMARIES
from augbench.values.errors import suggestion

if TYPE_CHECKING:
    from augbench.scaffold.distribution import Plugin

EPILOG = examples(
    ("bench new-plugin flip-mix --kind augmenter", "write ./augbench-flip-mix"),
    ("bench new-plugin flip-mix --kind augmenter --out plugins/flip", "into another folder"),
    ("bench new-plugin rare-first --kind sampler --author 'Ada <ada@example.org>'", "a sampler, with a name in it"),
)
_KINDS = ", ".join(SUMMARIES)


def _kind(value: str) -> str:
    if value not in SUMMARIES:
        raise typer.BadParameter(f"no plugin can be begun for '{value}'; {suggestion(value, SUMMARIES)}")
    return value


def new_plugin(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What a matrix will call it, such as [cyan]flip-mix[/cyan].")],
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", callback=_kind, help=f"What it is: {_KINDS}.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Where it goes. [dim]\\[default: augbench-NAME][/dim]"),
    ] = None,
    description: Annotated[str, typer.Option("--description", metavar="TEXT", help="What it does, in one line.")] = "",
    author: Annotated[str, typer.Option("--author", metavar="NAME", help="Who wrote it: a name, maybe with <address>.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there; other files stay.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON, for scripts.")] = False,
) -> None:
    """Begin a component of your own: a distribution that works as it stands, with a method to change, its tests and an example.

    Once it is installed, matrices name the component like those that come with augbench.

    A file beside a matrix needs none of this: plugins = ["./my_mix.py"] there makes its components known.
    """
    from augbench.registry.discovery import discover
    from augbench.scaffold.distribution import Plugin, write
    from augbench.scaffold.naming import names

    plugin = Plugin(names=names(name, kind, discover()), kind=kind, description=description, author=author)
    folder = Path(plugin.names.distribution) if out is None else _folder(out)
    files = write(plugin, folder, force=force)
    steps = _next(folder)
    if as_json:
        print_json(_told(plugin, folder, files, steps))
        return
    print_text(folder)
    here = f"{folder / plugin.names.package / plugin.names.module}.py"
    talk().print("Next:\n" + "\n".join(f"  {step}" for step in steps) + f"\nThe method is in {here}.", markup=False)


def _folder(out: Path) -> Path:
    if out.suffix.lower() == ".zip":
        raise typer.BadParameter(f"'{out}' would be an archive; name a folder")
    if out.is_file():
        raise typer.BadParameter(f"'{out}' is a file; name a folder")
    return out


def _next(folder: Path) -> list[str]:
    return [
        f"cd {shlex.quote(str(folder))} && pip install -e '.[test]'",
        "pytest",
        "bench run --matrix example.toml",
    ]


def _told(plugin: Plugin, folder: Path, files: tuple[str, ...], steps: list[str]) -> dict[str, object]:
    names = plugin.names
    return {
        "folder": str(folder),
        "kind": plugin.kind,
        "name": names.component,
        "distribution": names.distribution,
        "class": f"{names.package}.{names.module}:{names.class_name}",
        "files": files,
        "next": steps,
    }
