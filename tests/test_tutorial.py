"""The tutorial is what it says: its files are written, its commands run, and what comes of them is what the page shows."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from support import fresh
from support.pages import Command, File, agrees, steps

PAGE = (fresh.ROOT / "docs" / "tutorial.md").read_text()
MARK = "\x1e"


def script(commands: list[File | Command]) -> str:
    """Write what a reader does as one shell session, in which each step's output starts with a mark."""
    lines = ["set -e"]
    for step in commands:
        lines.append(f"printf '{MARK}'")
        if isinstance(step, File):
            lines.append(f"printf %s {shlex.quote(step.text)} > {shlex.quote(step.path)}")
        else:
            lines.append(step.line)
    return "\n".join(lines)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> tuple[fresh.Environment, Path, list[str]]:
    """Do what the page says, and return in which environment and folder, and what each step writes."""
    folder, wheels = tmp_path_factory.mktemp("reader"), tmp_path_factory.mktemp("wheels")
    fresh.build(fresh.ROOT, wheels)
    # The page makes the environment, and finds the libraries already in it.
    environment = fresh.make(folder / ".venv", wheels)
    done = subprocess.run(
        ["bash", "-c", script(list(steps(PAGE)))],
        cwd=folder,
        env=environment.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return environment, folder, done.stdout.split(MARK)[1:]


@pytest.mark.slow
def test_every_command_runs_and_gives_what_the_page_shows(reader):
    _, folder, outputs = reader
    found = list(steps(PAGE))
    assert len(outputs) == len(found)
    for step, seen in zip(found, outputs, strict=True):
        if isinstance(step, Command) and step.output is not None:
            assert agrees(step.output, seen), f"{step.line}\n{step.output}\n... is in truth:\n{seen}"
    (column,) = json.loads((folder / "runs" / "slant" / "report.json").read_text())["columns"]
    assert {row["name"]: row["done"] for row in column["rows"]} == {"mixup": 3, "cutmix": 3, "slant-mix": 3}
    assert list((folder / "augbench-slant-mix" / "dist").glob("*.whl"))


@pytest.mark.slow
def test_what_is_published_says_nothing_that_the_reader_s_method_has_not(reader):
    environment, folder, _ = reader
    package = folder / "augbench-slant-mix"
    told = (package / "README.md").read_text().partition("```toml\n")[2].partition("```")[0]
    assert "slant-mix" in told
    (package / "told.toml").write_text(f'extends = "example.toml"\n{told}')
    environment.run("bench", "plan", "--matrix", "told.toml", cwd=package)


def test_the_page_leads_from_an_installation_to_a_report_and_a_package():
    lines = [step.line.split()[:3] for step in steps(PAGE) if isinstance(step, Command)]
    verbs = [" ".join(line[:3] if line[1] == "plugins" else line[:2]) for line in lines if line[0] == "bench"]
    wanted = ["bench plugins preview", "bench plugins check", "bench run", "bench plugins bench", "bench new-plugin"]
    assert [verb for verb in dict.fromkeys(verbs) if verb in wanted] == wanted
    assert [step.path for step in steps(PAGE) if isinstance(step, File)] == [
        "slant_mix.py",
        "slant.toml",
        "augbench-slant-mix/tests/test_slant_mix.py",
    ]


@pytest.mark.parametrize(
    ("written", "seen", "same"),
    [
        ("a 12\n...\nb\n", "a 3.5\nx\ny\nb\n", True),
        ("a\nb\n", "a\nx\nb\n", False),
        ("done; ...\n", "done; 3 s\n", True),
        ("│ mixup │ ...\n", "│ mixup     │ 1,234 ± 3% │\n", True),
        ("a\n", "a\nb\n", False),
    ],
)
def test_an_output_agrees_but_for_its_numbers_and_what_is_left_out(written, seen, same):
    assert agrees(written, seen) is same
