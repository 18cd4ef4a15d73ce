"""Verbs of plugins: listed in the help with where they come from, and imported when they are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from augbench.cli.console import harmless
from augbench.cli.guard import Verb

if TYPE_CHECKING:
    from augbench.registry.verbs import ForeignVerb

_PANEL = "Plugins"


class Verbs(TyperGroup):
    """The verbs of bench, and behind them those of plugins: whoever uses one of bench's own asks no plugin."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name all of them, for the help."""
        return [*super().list_commands(ctx), *self._foreign]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a verb of bench, or what stands in for one of a plugin."""
        if (own := super().get_command(ctx, cmd_name)) is not None:
            return own
        found = [verb for verb in self._foreign.values() if cmd_name in (verb.name, verb.qualified)]
        return _stand_in(cmd_name, found, clashes=found[0].name in self.commands) if found else None

    @cached_property
    def _foreign(self) -> Mapping[str, ForeignVerb]:
        from augbench.registry.verbs import foreign_verbs

        return foreign_verbs(self.commands)


class Foreign(Verb):
    """Stands in for a command of a plugin, and hands it all arguments."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Leave everything to the plugin, ``--help`` too."""
        ctx.params = {"arguments": args, "called": ctx.command_path}
        return []

    def speaking(self) -> AbstractContextManager[None]:
        """Leave stdout to the plugin: what it prints is its data."""
        return nullcontext()


def _stand_in(name: str, found: Sequence[ForeignVerb], *, clashes: bool) -> Foreign:
    def run(arguments: list[str], called: str) -> None:
        if len(found) > 1:
            from augbench.values.plugin_errors import AmbiguousVerb

            raise AmbiguousVerb(name, [verb.qualified for verb in found])
        _run(found[0], arguments, called)

    origins = " and ".join(str(verb.origin) for verb in found)
    own = f"; '{found[0].name}' alone is bench's own" if clashes else ""
    return Foreign(name=name, callback=run, help=f"From {origins}{own}.", rich_help_panel=_PANEL)


def _run(verb: ForeignVerb, arguments: list[str], called: str) -> None:
    target = verb.load()
    if isinstance(target, typer.Typer):
        _call(target, arguments, called)
    # A command of click, which typer may or may not share with the plugin.
    elif hasattr(target, "params") and callable(main := getattr(target, "main", None)):
        _call(main, arguments, called)
    else:
        from augbench.values.plugin_errors import NoCommand

        raise NoCommand(verb.name, str(verb.origin), verb.point.value, target)


def _call(command: Callable[..., Any], arguments: list[str], called: str) -> None:
    try:
        command(args=arguments, prog_name=called)
    # A command that ends by itself ends so.
    except SystemExit as end:
        if isinstance(end.code, str):
            typer.echo(harmless(end.code), err=True)
        raise typer.Exit(end.code if isinstance(end.code, int) else int(end.code is not None)) from None
