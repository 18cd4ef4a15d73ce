"""``bench schema``: what a matrix file may say, for editors that complete and check it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from augbench.cli import options
from augbench.cli.console import print_json, print_text, talk
from augbench.cli.wording import examples

if TYPE_CHECKING:
    from augbench.registry.collect import Registry

EPILOG = examples(
    ("bench schema", "print it"),
    ("bench schema --link", "write ./augbench.schema.json, and name it in ./ablation.toml"),
    ("bench schema --link --matrix cells.toml", "for another matrix; its own plugins complete, too"),
    ("bench schema --write --out ~/schemas/augbench.json", "one schema for many matrices"),
)
_BY = "Written by 'bench schema' of augbench"


def schema(
    matrix: Annotated[
        Path | None,
        typer.Option(
            "--matrix",
            "-m",
            metavar="FILE",
            help="The matrix file whose own plugins count, too. [dim]\\[default: ./ablation.toml, where there is one][/dim]",
            show_default=False,
        ),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write augbench.schema.json beside the matrix, instead of printing.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write this file instead.")] = None,
    link: Annotated[bool, typer.Option("--link", help="Write it, and name it in the matrix's first line.")] = False,
    disabled: options.NoPlugin = [],  # noqa: B006 - typer copies it
    as_json: options.Json = False,
) -> None:
    """Print, or write, the JSON schema of matrix files, with the parameters of every installed component.

    An editor with a TOML language server then completes names and keys, explains them, and underlines what is wrong.

    What a schema cannot know, such as whether a row of that name exists, 'bench plan' tells.
    """
    if matrix is None and options.DEFAULT_MATRIX.is_file():
        matrix = options.DEFAULT_MATRIX
    _check(matrix, link=link)
    if not (write or out or link):
        print_json(_schema(matrix, disabled))
        return
    file = out or _beside(matrix)
    _check_file(file)
    _write(file, _schema(matrix, disabled))
    if link:
        assert matrix is not None
        _link(matrix, file)
    _told(file, matrix, linked=link, as_json=as_json)


def _check(matrix: Path | None, *, link: bool) -> None:
    from augbench.config.presets import is_preset

    if link and matrix is None:
        raise typer.BadParameter("--link needs a matrix file: name one with --matrix FILE")
    if link and is_preset(str(matrix)):
        raise typer.BadParameter(f"--link changes a file, and '{matrix}' is a preset; copy it first: bench init --preset {matrix}")


def _schema(matrix: Path | None, disabled: list[str]) -> dict[str, Any]:
    """Return the schema; say on stderr what it lacks."""
    from augbench.config.schema.choices import choices
    from augbench.matrix import registry_of
    from augbench.matrix.schema import classes_of, matrix_schema
    from augbench.registry.discovery import discover

    registry = registry_of(matrix, disabled) if matrix else discover(disabled)
    found = choices(registry, classes_of(matrix, registry) if matrix else ())
    for lacking in (*registry.failures, *found.left_out):
        talk().print(f"left out: {lacking}", markup=False)
    return matrix_schema(found, _comment(registry))


def _comment(registry: Registry) -> str:
    """Say who wrote a schema, and whose components are in it."""
    from augbench import __version__

    origins = {str(entry.origin) if entry.origin.version else entry.origin.plugin for entry in registry.entries}
    return f"{_BY} {__version__}, with the components of {', '.join(sorted(origins))}"


def _beside(matrix: Path | None) -> Path:
    from augbench.config.presets import is_preset
    from augbench.config.schema.linking import FILE

    return Path(FILE) if matrix is None or is_preset(str(matrix)) else matrix.parent / FILE


def _check_file(file: Path) -> None:
    from augbench.values.schema_errors import NoSchemaThere

    if file.is_dir():
        raise typer.BadParameter(f"'{file}' is a folder; name a file, such as --out {file / 'augbench.schema.json'}")
    if file.exists() and not _is_ours(file):
        raise NoSchemaThere(file)


def _write(file: Path, document: dict[str, Any]) -> None:
    from augbench.store.files import write_text

    # Not sorted: editors offer keys in this order.
    write_text(file, json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def _is_ours(file: Path) -> bool:
    try:
        found = json.loads(file.read_bytes())
    except ValueError:
        return False
    return isinstance(found, dict) and str(found.get("$comment", "")).startswith(_BY)


def _link(matrix: Path, file: Path) -> None:
    """Name the schema in the first line of a matrix; nothing else in it changes."""
    from augbench.config.schema.linking import linked, named, reference
    from augbench.store.files import write_bytes
    from augbench.values.schema_errors import OtherSchema

    text, wanted = matrix.read_bytes().decode(), reference(file, matrix)
    found = named(text)
    if found == wanted:
        return
    if found is not None:
        raise OtherSchema(matrix, found, wanted)
    # Where a link leads, and as readable as it was.
    place, mode = matrix.resolve(), matrix.stat().st_mode
    write_bytes(place, linked(text, wanted).encode())
    place.chmod(mode)


def _told(file: Path, matrix: Path | None, *, linked: bool, as_json: bool) -> None:
    from augbench.config.schema.linking import reference

    line = f"#:schema {reference(file, matrix or Path(options.DEFAULT_MATRIX))}"
    if as_json:
        print_json({"schema": str(file), "line": line, "linked": str(matrix) if linked else None})
        return
    print_text(file)
    if linked:
        talk().print(f"The first line of {matrix} names it; docs/editors.md tells which editors read it.", markup=False)
    else:
        talk().print(f"Put this line first in the matrix, with an empty one after it, or run it again with --link:\n  {line}", markup=False)
