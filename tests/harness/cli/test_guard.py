"""Whatever a verb raises becomes one message and the right exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from augbench.cli.console import print_text, talk
from augbench.cli.guard import Verb
from augbench.cli.progress import Careful, Lines
from augbench.values.errors import AugbenchError, DiskFull, MissingFile


def call(error: BaseException, *, debug: bool = False):
    """Run an app whose verb raises."""
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.callback()
    def options(debug: bool = False) -> None: ...

    @app.command(cls=Verb)
    def fail() -> None:
        print_text("half of the data")
        raise error

    return CliRunner().invoke(app, [*(["--debug"] if debug else []), "fail"])


def test_a_known_error_is_its_text_on_stderr_and_its_exit_code():
    done = call(MissingFile("ablation.toml"))
    assert (done.exit_code, done.stderr, done.stdout) == (2, "no matrix file at 'ablation.toml'\n", "half of the data\n")
    assert call(DiskFull("runs")).exit_code == 1
    assert call(AugbenchError("no")).exit_code == 2


def test_a_file_that_the_system_refuses_is_no_bug():
    done = call(PermissionError(13, "Permission denied", "/runs/x"))
    assert (done.exit_code, done.stderr) == (2, "cannot use '/runs/x': Permission denied\n")
    full = call(OSError(28, "No space left on device", "/runs/x"))
    assert full.exit_code == 1
    assert full.stderr.startswith("no space left for '/runs/x'")


def test_debug_adds_the_traceback_of_a_known_error():
    done = call(MissingFile("ablation.toml"), debug=True)
    assert "Traceback (most recent call last)" in done.stderr
    assert done.exit_code == 2


def test_an_interruption_says_how_to_continue(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.argv", ["/usr/bin/bench", "run", "--set", "axes.seed=[0, 1]"])
    done = call(KeyboardInterrupt())
    assert done.exit_code == 130
    assert done.stderr == "interrupted; what is finished is kept, and the same command continues:\n  bench run --set 'axes.seed=[0, 1]'\n"


def test_anything_else_is_a_bug_whose_traceback_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["/usr/bin/bench", "plan"])
    done = call(KeyError("seed"))
    assert done.exit_code == 3
    assert done.stderr.startswith(f"this is a bug in bench, or in a plugin: KeyError: 'seed' ({__file__}:")
    assert "Traceback" not in done.stderr.splitlines()[0]
    (kept,) = tmp_path.iterdir()
    assert f"The traceback is in {kept}; 'bench --debug' prints it." in done.stderr
    assert "KeyError: 'seed'" in kept.read_text()
    assert kept.read_text().startswith("bench plan\n")


HAUNTED = """
from dataclasses import dataclass

from augbench import Observer


class Haunted(type):
    @property
    def presets(cls):
        return 1 / 0


@dataclass(frozen=True, kw_only=True)
class Odd(Observer, metaclass=Haunted):
    \"\"\"Odd.\"\"\"
"""


@pytest.mark.parametrize(("raising", "said"), [("1 / 0", "ZeroDivisionError: division by zero"), ("exit(5)", "SystemExit: 5")])
def test_what_a_plugin_raises_is_no_bug_of_bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bench, raising: str, said: str):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "haunted_by_test", raising=False)
    Path("haunted_by_test.py").write_text(HAUNTED.replace("1 / 0", raising))
    done = bench("plugins", "show", "./haunted_by_test.py")
    assert done.exit_code == 2
    where = tmp_path / "haunted_by_test.py"
    assert done.stderr == f"a plugin fails: {said} ({where}:10); mend it, or do without ('bench --debug' shows the traceback)\n"


def test_debug_prints_a_bug_s_traceback_and_writes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = call(KeyError("seed"), debug=True)
    assert done.exit_code == 3
    assert "Traceback (most recent call last)" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_exit_code_of_a_verb_s_own_is_kept():
    done = call(typer.Exit(1))
    assert (done.exit_code, done.stderr) == (1, "")


def test_a_reader_that_goes_away_is_no_error():
    read, write = os.pipe()
    os.close(read)
    code = "from augbench.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "plugins", "list"], stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_reader_of_messages_that_goes_away_ends_nothing(monkeypatch: pytest.MonkeyPatch):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        monkeypatch.setattr(sys, "stderr", closed)
        Careful(Lines(talk())).message("[1/2] phantom/ours/s0 done")
        # Or closing it would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), write)


def test_a_full_disk_under_stdout_is_told_as_such():
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    code = "from augbench.cli import main; main()"
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", code, "plugins", "list"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr.partition(b";")[0]) == (1, b"no space left to write to")


@pytest.mark.skipif(os.name == "nt", reason="closes a descriptor by shell")
def test_a_closed_stdout_is_no_bug():
    code = "from augbench.cli import main; main()"
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -c "$1" plugins list --json >&-', sys.executable, code], stderr=subprocess.PIPE, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
