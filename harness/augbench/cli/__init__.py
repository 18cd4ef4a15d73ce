"""The command line: ``bench VERB``; light until a verb runs."""

from __future__ import annotations

from typing import Annotated

import typer
from typer.core import TyperGroup

from augbench.cli import (
    audit,
    bench,
    cache,
    check,
    compare,
    datasets,
    export,
    fetch,
    init,
    logs,
    look,
    merge,
    new_plugin,
    plan,
    plugins,
    preview,
    report,
    reproduce,
    retry,
    run,
    schema,
    status,
    verify,
    why,
)
from augbench.cli.foreign import Verbs
from augbench.cli.guard import Verb
from augbench.cli.wording import examples

_EXPERIMENTS, _PARTS = "Experiments", "Parts"

_EXAMPLES = examples(
    ("bench init my-cells", "write a matrix file for a folder of images"),
    ("bench plan", "what ./ablation.toml would do"),
    ("bench run", "do it; again = continue"),
    ("bench run --matrix cells.toml --only plain", "some rows of another matrix"),
    ("bench report runs/ablation", "write the report of a run, finished or not"),
    ("bench plugins show wgan-gp", "what a component takes"),
    ("bench new-plugin my-mix --kind augmenter", "begin an augmenter of your own"),
)


def _version(wanted: bool) -> None:
    if wanted:
        from augbench import __version__

        typer.echo(f"augbench {__version__}")
        raise typer.Exit


def _bench(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Compare data augmentation for imbalanced image classification: one TOML file in, an honest report out."""


def build() -> typer.Typer:
    """Assemble the app from its verbs."""
    app = _group("bench", Verbs)
    app.callback(epilog=_EXAMPLES)(_bench)
    app.command("init", cls=Verb, epilog=init.EPILOG, rich_help_panel=_EXPERIMENTS)(init.init)
    app.command("plan", cls=Verb, epilog=plan.EPILOG, rich_help_panel=_EXPERIMENTS)(plan.plan)
    app.command("why", cls=Verb, epilog=why.EPILOG, rich_help_panel=_EXPERIMENTS)(why.why)
    app.command("run", cls=Verb, epilog=run.EPILOG, rich_help_panel=_EXPERIMENTS)(run.run)
    app.command("status", cls=Verb, epilog=status.EPILOG, rich_help_panel=_EXPERIMENTS)(status.status)
    app.command("logs", cls=Verb, epilog=logs.EPILOG, rich_help_panel=_EXPERIMENTS)(logs.logs)
    app.command("retry", cls=Verb, epilog=retry.EPILOG, rich_help_panel=_EXPERIMENTS)(retry.retry)
    app.command("merge", cls=Verb, epilog=merge.EPILOG, rich_help_panel=_EXPERIMENTS)(merge.merge)
    app.command("reproduce", cls=Verb, epilog=reproduce.EPILOG, rich_help_panel=_EXPERIMENTS)(reproduce.reproduce)
    app.command("export", cls=Verb, epilog=export.EPILOG, rich_help_panel=_EXPERIMENTS)(export.export)
    app.command("report", cls=Verb, epilog=report.EPILOG, rich_help_panel=_EXPERIMENTS)(report.report)
    app.command("compare", cls=Verb, epilog=compare.EPILOG, rich_help_panel=_EXPERIMENTS)(compare.compare)
    shelf = _group("cache")
    shelf.command("list", cls=Verb, epilog=cache.LIST_EPILOG)(cache.list_store)
    shelf.command("verify", cls=Verb, epilog=cache.VERIFY_EPILOG)(cache.verify_store)
    shelf.command("prune", cls=Verb, epilog=cache.PRUNE_EPILOG)(cache.prune_store)
    shelf.command("gc", cls=Verb, epilog=cache.GC_EPILOG)(cache.collect_garbage)
    app.add_typer(shelf, help="Look after the store: what it holds, whether it is sound, what may go.", rich_help_panel=_EXPERIMENTS)
    parts = _group("plugins")
    parts.command("list", cls=Verb, epilog=plugins.LIST_EPILOG)(plugins.list_plugins)
    parts.command("show", cls=Verb, epilog=plugins.SHOW_EPILOG)(plugins.show_plugin)
    parts.command("check", cls=Verb, epilog=check.EPILOG)(check.check_plugins)
    parts.command("preview", cls=Verb, epilog=look.EPILOG)(look.preview)
    parts.command("bench", cls=Verb, epilog=bench.EPILOG)(bench.bench)
    app.add_typer(
        parts, help="List, show, check, draw and time the components that a matrix may name.", epilog=plugins.EPILOG, rich_help_panel=_PARTS
    )
    app.command("new-plugin", cls=Verb, epilog=new_plugin.EPILOG, rich_help_panel=_PARTS)(new_plugin.new_plugin)
    app.command("schema", cls=Verb, epilog=schema.EPILOG, rich_help_panel=_PARTS)(schema.schema)
    images = _group("datasets")
    images.command("list", cls=Verb, epilog=datasets.LIST_EPILOG)(datasets.list_datasets)
    images.command("show", cls=Verb, epilog=datasets.SHOW_EPILOG)(datasets.show_dataset)
    images.command("fetch", cls=Verb, epilog=fetch.EPILOG)(fetch.fetch_datasets)
    images.command("verify", cls=Verb, epilog=verify.EPILOG)(verify.verify_datasets)
    images.command("preview", cls=Verb, epilog=preview.EPILOG)(preview.preview)
    images.command("audit", cls=Verb, epilog=audit.EPILOG)(audit.audit)
    app.add_typer(images, help="List, fetch, check, draw and audit the data sets that a matrix may name.", rich_help_panel=_PARTS)
    return app


def _group(name: str, kind: type[TyperGroup] = TyperGroup) -> typer.Typer:
    return typer.Typer(
        name=name,
        cls=kind,
        no_args_is_help=True,
        rich_markup_mode="rich",
        # A traceback is for --debug, and without the values of local variables: those are tensors.
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def main() -> None:
    """Run ``bench``."""
    build()()
