"""The verbs put data on stdout, all else on stderr, and end with the right exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.text import Text
from typer.main import get_command

from augbench import __version__
from augbench.cli import build
from augbench.cli.wording import examples


def test_the_version_is_one_line(bench):
    assert bench("--version").stdout == f"augbench {__version__}\n"


def test_help_shows_the_verbs_and_examples(bench):
    text = bench("--help").stdout
    for word in ("plan", "run", "report", "cache", "plugins", "datasets", "--debug", "Examples", "bench plugins show wgan-gp"):
        assert word in text


@pytest.mark.parametrize(
    "verb",
    [
        *("plan", "why", "run", "status", "logs", "retry", "merge", "reproduce", "export", "report", "compare"),
        *("plugins", "plugins list", "plugins show", "plugins check", "plugins preview", "plugins bench", "new-plugin", "schema"),
        *("datasets list", "datasets show", "datasets fetch", "datasets verify"),
    ],
)
def test_every_verb_s_help_ends_with_examples(bench, verb: str):
    text = bench(*verb.split(), "--help").stdout
    assert f"bench {verb}" in text[text.index("Examples") :]


def test_examples_are_side_by_side_only_where_80_columns_hold_them():
    assert examples(("bench plan", "look"), ("bench run", "do")).splitlines() == [
        "[bold]Examples[/bold]",
        "  [cyan]bench plan[/cyan]  [dim]look[/dim]",
        "  [cyan]bench run[/cyan]   [dim]do[/dim]",
    ]
    assert examples(("bench plan", "x" * 67)).splitlines()[1:] == ["  [cyan]bench plan[/cyan]", f"      [dim]{'x' * 67}[/dim]"]


def test_every_line_of_every_example_is_whole_on_80_columns():
    def pages(command):
        yield command.epilog or ""
        for verb in getattr(command, "commands", {}).values():
            yield from pages(verb)

    lines = [line for page in pages(get_command(build())) for line in Text.from_markup(page).plain.splitlines()]
    assert len(lines) > 50
    assert [line for line in lines if len(line) > 80] == []


def test_plugins_list_has_every_component(bench):
    components = json.loads(bench("plugins", "list", "--json").stdout)["components"]
    wgan = next(component for component in components if component["name"] == "wgan-gp")
    assert wgan == {
        "kind": "generator",
        "name": "wgan-gp",
        "family": False,
        "summary": "Wasserstein GAN with gradient penalty (Gulrajani 2017)",
        "target": "augbench_plugins.generators.wgan_gp:WganGp",
        "plugin": "augbench-plugins",
        "distribution": "augbench",
        "version": __version__,
    }
    table = bench("plugins", "list").stdout
    assert all(component["name"] in table for component in components)


def test_plugins_list_leaves_a_disabled_plugin_out(bench):
    components = json.loads(bench("plugins", "list", "--json", "--no-plugin", "augbench-plugins").stdout)["components"]
    assert {component["plugin"] for component in components} == {"augbench-datasets", "augbench-reports"}


def test_plugins_list_shows_what_did_not_load(bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    information = tmp_path / "bad-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: bad\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[augbench]\nbad = no_such_module_anywhere\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    done = bench("plugins", "list")
    assert done.exit_code == 0
    assert "not loaded  bad: import: ModuleNotFoundError: No module named 'no_such_module_anywhere'" in done.stdout
    (failure,) = json.loads(bench("plugins", "list", "--json").stdout)["failures"]
    assert (failure["plugin"], failure["stage"]) == ("bad", "import")


def test_plugins_show_tells_type_bounds_default_and_meaning(bench):
    text = bench("plugins", "show", "wgan-gp").stdout
    for words in ("Gulrajani 2017", "weight", "number", ">= 0", "10", "How much the penalty counts (lambda).", 'preset = "official"'):
        assert words in text
    (page,) = json.loads(bench("plugins", "show", "generator:wgan-gp", "--json").stdout)
    weight = next(parameter for parameter in page["parameters"] if parameter["name"] == "weight")
    assert weight["default"] == "10"


def test_an_unknown_component_is_a_usage_error_with_a_suggestion(bench):
    done = bench("plugins", "show", "wgan-pg")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "no component called 'wgan-pg'; did you mean 'wgan-gp'?\n"


def test_datasets_are_the_components_of_that_kind(bench):
    entries = json.loads(bench("datasets", "list", "--json").stdout)
    assert {entry["kind"] for entry in entries} == {"dataset"}
    assert {"image-folder", "phantom"} <= {entry["name"] for entry in entries}
    assert "phantom" in bench("datasets", "list").stdout
    assert bench("datasets", "show", "mixup").stderr.startswith("no dataset called 'mixup'; known: ")


def test_datasets_show_tells_the_card_of_one_that_needs_no_parameters(bench):
    (page,) = json.loads(bench("datasets", "show", "phantom", "--json").stdout)
    assert page["card"]["licence"] == "Apache-2.0"
    assert page["card"]["title"] in bench("datasets", "show", "phantom").stdout


def test_datasets_show_tells_the_parameters(bench):
    text = bench("datasets", "show", "image-folder").stdout
    assert "path" in text
    assert "required" in text


@pytest.mark.parametrize("verb", ["run", "plan"])
def test_a_missing_matrix_is_one_message(bench, verb: str, tmp_path: Path):
    done = bench(verb, "--matrix", str(tmp_path / "none.toml"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"no matrix file at '{tmp_path / 'none.toml'}'" in done.stderr


def test_a_bad_device_is_a_usage_error(bench):
    done = bench("run", "--device", "gpu")
    assert done.exit_code == 2
    assert "'gpu' is no device; write auto, cpu, cuda, cuda:N or mps" in done.stderr


def test_an_unknown_option_is_a_usage_error(bench):
    assert bench("run", "--matrx", "x.toml").exit_code == 2


def test_a_folder_that_is_no_run_is_one_message(bench, tmp_path: Path):
    done = bench("report", str(tmp_path))
    assert (done.exit_code, done.stdout) == (2, "")
    assert str(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr


def test_plugins_show_tells_an_unknown_member_of_a_family(bench):
    shown = bench("plugins", "show", "timm/resnet18k")
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert shown.stderr.startswith("no backbone called 'timm/resnet18k'; did you mean 'timm/resnet1")


def test_plugins_show_goes_on_past_one_that_does_not_load(bench, tmp_path, monkeypatch):
    information = tmp_path / "clash-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: clash\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[augbench]\nclash = clash_plugin_of_a_test\n")
    (tmp_path / "clash_plugin_of_a_test.py").write_text(
        "from augbench import hookimpl\n\n\n@hookimpl\ndef register(registry):\n    registry.augmenter('mixup', 'nowhere_at_all:Mix')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    shown = bench("plugins", "show", "mixup")
    assert (shown.exit_code, shown.stdout.splitlines()[1]) == (0, "from augbench 0.1.0, augbench_plugins.augmenters.mixup:Mixup")
    assert shown.stderr.startswith("augmenter 'mixup' from clash 1.0 does not load: ModuleNotFoundError")
