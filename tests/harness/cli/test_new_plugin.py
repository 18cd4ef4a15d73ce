"""``bench new-plugin`` writes a distribution that works as it stands, or nothing."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from augbench.matrix import load_matrix
from augbench.registry.describe import describe
from augbench.registry.discovery import discover
from augbench.scaffold.distribution import Plugin, write
from augbench.scaffold.kinds import SUMMARIES
from augbench.scaffold.naming import names
from support import fresh


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def lines_of_code(path: Path) -> int:
    """Count the lines that hold code: neither blank nor a comment nor within a docstring."""
    text = path.read_text()
    tree = ast.parse(text)
    told = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(text.splitlines(), 1)
    return sum(1 for number, line in lines if number not in told and line.strip() and not line.strip().startswith("#"))


def test_the_folder_is_named_and_three_next_commands_are_told(bench):
    done = bench("new-plugin", "flip-mix", "--kind", "augmenter")
    assert (done.exit_code, done.stdout) == (0, "augbench-flip-mix\n")
    assert done.stderr == (
        "Next:\n"
        "  cd augbench-flip-mix && pip install -e '.[test]'\n"
        "  pytest\n"
        "  bench run --matrix example.toml\n"
        "The method is in augbench-flip-mix/augbench_flip_mix/flip_mix.py.\n"
    )


def test_an_empty_folder_that_one_stands_in_is_filled(bench, folder):
    there = folder.stat().st_ino
    assert bench("new-plugin", "flip-mix", "--kind", "augmenter", "--out", ".").exit_code == 0
    assert folder.stat().st_ino == there
    assert {"pyproject.toml", "tests/test_flip_mix.py"} <= files(folder)
    assert not Path(".new-plugin").exists()


def test_a_script_is_told_all_names(bench, tmp_path):
    told = json.loads(bench("new-plugin", "augbench-rare-first", "--kind", "sampler", "--out", "some where", "--json").stdout)
    assert set(told.pop("files")) == files(tmp_path / "some where")
    assert told.pop("next")[0] == "cd 'some where' && pip install -e '.[test]'"
    assert told == {
        "folder": "some where",
        "kind": "sampler",
        "name": "rare-first",
        "distribution": "augbench-rare-first",
        "class": "augbench_rare_first.rare_first:RareFirst",
    }


def test_an_augmenter_takes_less_than_40_lines_of_code(bench):
    bench("new-plugin", "flip-mix", "--kind", "augmenter")
    package = Path("augbench-flip-mix/augbench_flip_mix")
    assert sum(map(lines_of_code, package.glob("*.py"))) < 40


def test_what_is_written_says_what_it_is_and_whose(bench):
    bench("new-plugin", "flip-mix", "--kind", "augmenter", "--description", 'Mirror "one", then mix.', "--author", "Ada <ada@example.org>")
    folder = Path("augbench-flip-mix")
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["description"] == 'Mirror "one", then mix'
    assert project["authors"] == [{"name": "Ada", "email": "ada@example.org"}]
    assert project["dependencies"] == ["augbench>=0.1,<1"]
    assert project["entry-points"] == {"augbench": {"flip-mix": "augbench_flip_mix"}}
    assert "Copyright (c) Ada\n" in (folder / "LICENSE").read_text()
    assert files(folder) == {
        *(".github/workflows/tests.yml", ".gitignore", "LICENSE", "README.md", "example.toml", "pyproject.toml"),
        *("augbench_flip_mix/__init__.py", "augbench_flip_mix/flip_mix.py", "augbench_flip_mix/py.typed", "tests/test_flip_mix.py"),
    }


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a distribution be found as an installed one is, without building it."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    information = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    information.mkdir()
    points = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["augbench"].items())
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    (information / "entry_points.txt").write_text(f"[augbench]\n{points}")
    monkeypatch.syspath_prepend(str(folder))


@pytest.mark.parametrize("kind", SUMMARIES)
def test_a_new_component_is_found_and_described(bench, kind, monkeypatch):
    assert bench("new-plugin", f"tried-{kind}", "--kind", kind).exit_code == 0
    install(Path(f"augbench-tried-{kind}"), monkeypatch)
    registry = discover()
    page = describe(registry.resolve(kind, f"tried-{kind}").entry)
    assert page.origin == f"augbench-tried-{kind} 0.1.0"
    assert page.summary == SUMMARIES[kind]
    assert all(parameter.help for parameter in page.parameters)
    example = Path(f"augbench-tried-{kind}/example.toml")
    assert load_matrix(example, registry).trials()
    # What README.md says of its use is laid over the example: wrong keys and values would be refused.
    told = Path(f"augbench-tried-{kind}/README.md").read_text().partition("```toml\n")[2].partition("```")[0]
    # The parameters are its author's to change.
    assert not any(parameter.name in told for parameter in page.parameters)
    Path("more.toml").write_text(f'extends = "{example}"\n{told}')
    more = load_matrix(Path("more.toml"), registry)
    assert f"tried-{kind}" in repr(more)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a plugin of every kind, and below ``site`` what their wheels hold."""
    folder = tmp_path_factory.mktemp("plugins")
    for kind in SUMMARIES:
        plugin = Plugin(names=names(f"tried-{kind}", kind, discover()), kind=kind)
        write(plugin, folder / plugin.names.distribution)
        with zipfile.ZipFile(fresh.build(folder / plugin.names.distribution, folder)) as wheel:
            wheel.extractall(folder / "site")
    return folder


def python(folder: Path, *arguments: str) -> None:
    """Run a module where the plugins are installed."""
    path = os.pathsep.join(filter(None, [str(folder / "site"), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_new_plugins_pass_their_own_tests_at_once(installed):
    folders = [str(folder) for folder in sorted(installed.glob("augbench-*/tests"))]
    assert len(folders) == len(SUMMARIES)
    # Those that try one with all that is installed take seconds, and are tried in the tutorial.
    python(installed, "pytest", "-q", "-m", "not augbench_house", *folders)


@pytest.mark.slow
def test_new_plugins_are_clean(installed):
    for tool in ("ruff", "mypy"):
        pytest.importorskip(tool, reason=f"{tool} is not installed")
    rules = ("--select", "B,C4,E,F,I,N,PIE,PT,RET,RUF,SIM,UP,W", "--config", "line-length=120")
    folders = [str(folder) for folder in sorted(installed.glob("augbench-*/"))]
    python(installed, "ruff", "check", "--no-cache", *rules, *folders)
    python(installed, "ruff", "format", "--no-cache", "--check", *folders)
    packages = [argument for kind in SUMMARIES for argument in ("-p", f"augbench_tried_{kind}")]
    cache = str(fresh.ROOT / ".mypy_cache" / "new-plugins")
    python(installed / "site", "mypy", "--strict", "--config-file", "", "--cache-dir", cache, *packages)


def test_a_new_plugin_may_be_written_again_once_it_is_installed(bench, monkeypatch):
    bench("new-plugin", "again-mix", "--kind", "augmenter")
    install(Path("augbench-again-mix"), monkeypatch)
    Path("augbench-again-mix/augbench_again_mix/again_mix.py").write_text("mine")
    refused = bench("new-plugin", "again-mix", "--kind", "augmenter")
    assert refused.exit_code == 2
    assert refused.stderr == (
        "there is something at 'augbench-again-mix' already, and it is left as it is; choose another place with --out FOLDER, "
        "or write over the files of a plugin with --force\n"
    )
    assert Path("augbench-again-mix/augbench_again_mix/again_mix.py").read_text() == "mine"
    (Path("augbench-again-mix") / "notes.txt").write_text("mine")
    assert bench("new-plugin", "again-mix", "--kind", "augmenter", "--force").exit_code == 0
    assert "class AgainMix" in Path("augbench-again-mix/augbench_again_mix/again_mix.py").read_text()
    assert Path("augbench-again-mix/notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("mixup", "--kind", "augmenter"),
            "'mixup' is no name for a new plugin: there is a built-in augmenter called 'mixup'; choose another",
        ),
        (("timm", "--kind", "backbone"), "there is a built-in backbone called 'timm'; choose another"),
        (("class", "--kind", "loss"), "'class' is a word of Python; choose another"),
        (("none", "--kind", "loss"), "'None' is a word of Python; choose another"),
        (("sampler", "--kind", "sampler"), "its class would be called Sampler, as one that it is made with; choose another"),
        (("plugins", "--kind", "loss"), "augbench has a package 'augbench_plugins' of its own; choose another"),
        (
            ("Flip_Mix", "--kind", "loss"),
            "write at most 32 small letters and digits, in words joined by '-', a letter first, such as flip-mix",
        ),
        (("../mix", "--kind", "loss"), "write at most 32 small letters and digits"),
        (("augbench-", "--kind", "loss"), "write at most 32 small letters and digits"),
        (("x" * 33, "--kind", "loss"), "write at most 32 small letters and digits"),
        (
            ("mix", "--kind", "mixer"),
            "no plugin can be begun for 'mixer'; known: augmenter, backbone, dataset, generator, loss, metric, report, sampler",
        ),
        (("mix", "--kind", "sample"), "no plugin can be begun for 'sample'; did you mean 'sampler'?"),
        (
            ("mix", "--kind", "loss", "--description", "a\nb"),
            "the description 'a\\nb' holds a line's end or a control character; write one plain line",
        ),
        (("mix", "--kind", "loss", "--author", "x" * 81), "has 81 characters; write at most 80"),
        (("mix", "--kind", "loss", "--author", "<ada@example.org"), "the author '<ada@example.org' is neither a name nor"),
        (("mix", "--kind", "loss", "--out", "taken"), "'taken' is a file; name a folder"),
        (("mix", "--kind", "loss", "--out", "taken/mix"), "cannot use 'taken': File exists"),
        (("mix", "--kind", "loss", "--out", "x" * 300), "File name too long"),
        (("mix", "--kind", "loss", "--out", "/"), "there is something at '/' already, and it is left as it is"),
        (("mix", "--kind", "loss", "--out", "mix.zip"), "'mix.zip' would be an archive; name a folder"),
    ],
)
def test_what_cannot_be_written_leaves_nothing(bench, folder, arguments, message):
    (folder / "taken").write_text("mine")
    done = bench("new-plugin", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert files(folder) == {"taken"}
    assert (folder / "taken").read_text() == "mine"


@pytest.mark.parametrize("kind", SUMMARIES)
def test_the_longest_name_has_no_line_beyond_120(bench, folder, kind):
    bench("new-plugin", "a" * 32, "--kind", kind, "--description", "b" * 80, "--out", "long")
    widest = max((line for path in folder.rglob("*.py") for line in path.read_text().splitlines()), key=len)
    assert len(widest) <= 120
