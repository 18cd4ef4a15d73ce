"""Plugins may add verbs: listed with where they come from, imported when they are used, told of when they fail."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest

from augbench.registry.verbs import foreign_verbs

TYPER = """
    import typer
    app = typer.Typer()

    @app.command()
    def flip(times: int = 1, wrong: bool = False):
        "Flip a coin."
        if wrong:
            raise ValueError("it stands on its edge")
        print("heads " * times)
"""
CLICK = """
    import click

    @click.group()
    def app(): ...

    @app.command()
    @click.argument("words", nargs=-1)
    def say(words):
        print(*words, sep="|")
"""


@pytest.fixture
def ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install a distribution that adds verbs."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def shipped(distribution: str, code: str = TYPER, attribute: str = "app", **verbs: str) -> None:
        module = distribution.replace("-", "_")
        monkeypatch.delitem(sys.modules, module, raising=False)
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))
        information = tmp_path / f"{module}-1.0.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        points = "".join(f"{name} = {module}:{attribute}\n" for name in verbs or {"flip": ""})
        (information / "entry_points.txt").write_text(f"[augbench.commands]\n{points}")

    return shipped


def test_a_verb_of_typer_takes_its_own_options(ship, bench):
    ship("augbench-coins")
    done = bench("flip", "--times", "2")
    assert (done.exit_code, done.stdout) == (0, "heads heads \n")


def test_a_group_of_click_has_verbs_of_its_own(ship, bench):
    ship("augbench-words", CLICK, words="")
    assert bench("words", "say", "one", "--", "--two").stdout == "one|--two\n"


def test_its_help_is_its_own(ship, bench):
    ship("augbench-coins")
    done = bench("flip", "--help")
    assert done.exit_code == 0
    assert "Usage: bench flip" in done.stdout
    assert "Flip a coin." in done.stdout


def test_the_help_of_bench_lists_it_with_its_origin_and_imports_nothing(ship, bench):
    ship("augbench-coins", "raise RuntimeError")
    shown = bench("--help").stdout
    panel = shown.partition("─ Plugins ─")[2]
    assert "flip  " in panel
    assert "From augbench-coins 1.0." in panel
    assert "augbench_coins" not in sys.modules


def test_a_verb_of_bench_asks_no_plugin(bench, monkeypatch):
    monkeypatch.setattr("augbench.registry.verbs.points", lambda group: pytest.fail("asked"))
    assert bench("init", "--list").exit_code == 0


def test_bench_s_own_verb_wins_and_the_other_keeps_its_whole_name(ship, bench):
    ship("augbench-coins", plan="")
    shown = bench("--help").stdout
    assert "plan@augbench-coins" in shown
    assert "From augbench-coins 1.0; 'plan' alone is bench's own." in shown
    assert "Flip a coin." not in bench("plan", "--help").stdout
    assert bench("plan@augbench-coins").stdout == "heads \n"


def test_of_two_plugins_with_one_verb_each_is_reached_by_its_whole_name(ship, bench):
    ship("augbench-coins")
    ship("other-coins", TYPER.replace("heads", "tails"))
    assert set(foreign_verbs(())) == {"flip@augbench-coins", "flip@other-coins"}
    done = bench("flip")
    assert done.exit_code == 2
    assert done.stderr == "several plugins have a verb 'flip'; write 'bench flip@augbench-coins' or 'bench flip@other-coins'\n"
    assert bench("flip@other-coins").stdout == "tails \n"


def test_an_unknown_verb_is_what_it_was(bench):
    done = bench("flop")
    assert done.exit_code == 2
    assert "No such command 'flop'" in done.stderr


def test_what_a_verb_raises_is_told_as_of_any_other(ship, bench):
    ship("augbench-coins")
    done = bench("flip", "--wrong")
    assert done.exit_code == 3
    assert done.stderr.startswith("this is a bug in bench, or in a plugin: ValueError: it stands on its edge (")


def test_wrong_usage_is_its_own_to_tell(ship, bench):
    ship("augbench-coins")
    done = bench("flip", "--tiems", "2")
    assert done.exit_code == 2
    assert "--tiems" in done.stderr


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import nowhere_at_all", " does not load: ModuleNotFoundError: No module named 'nowhere_at_all' ("),
        ("import sys\nsys.exit(5)", " does not load: SystemExit: 5 ("),
        ("apq = 1", " does not load: AttributeError: module 'augbench_coins' has no attribute 'app'"),
        ("app = 3", ": 'augbench_coins:app' is of type int; name a typer.Typer or a command of click"),
    ],
)
def test_a_verb_that_does_not_load_is_one_message(ship, bench, code, said):
    ship("augbench-coins", code)
    done = bench("flip")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"verb 'flip' from augbench-coins 1.0{said}")


def test_a_verb_that_nobody_could_type_is_none(ship):
    ship("augbench-coins", **{"\x1b[31m": "", "two words": "", "flip": ""})
    assert set(foreign_verbs(())) == {"flip"}


def test_a_verb_that_ends_by_itself_ends_so(ship, bench):
    ship("augbench-coins", TYPER.replace('raise ValueError("it stands on its edge")', 'raise SystemExit("on its \\x1b[1medge")'))
    done = bench("flip", "--wrong")
    assert (done.exit_code, done.stderr) == (1, "on its ?[1medge\n")
