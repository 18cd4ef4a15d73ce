"""``bench schema`` prints or writes one document, and changes nothing in a matrix but its first line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from augbench.matrix import load_matrix
from augbench.registry.discovery import discover

MATRIX = 'report.control = "a"\nrows.a = {}\ndatasets.d = "phantom"\nbase = { backbone = "small-resnet", training.length.steps = 1 }\n'
PLUGIN = '''
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Le
from augbench import Augmenter, hookimpl


@dataclass(frozen=True, kw_only=True)
class Glow(Augmenter):
    """Make images glow."""

    strength: Annotated[float, Le(2)] = 1.0
    """How much."""

    def draw(self, context, rng): ...

    def apply(self, sources, draw): ...


@hookimpl
def register(registry):
    registry.augmenter("glow-{0}", "glow_{0}:Glow", "Glow")
    registry.augmenter("gone-{0}", "glow_{0}:Gone", "Nothing")
'''


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _plugin(name: str) -> str:
    Path(f"glow_{name}.py").write_text(PLUGIN.replace("{0}", name))
    return f'plugins = ["./glow_{name}.py"]\n{MATRIX}'


def test_it_is_printed_as_one_json_document(bench):
    done = bench("schema")
    schema = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["$comment"].startswith("Written by 'bench schema' of augbench 0.")
    assert schema["definitions"]["augmenter.mixup"]["properties"]["low"]["maximum"] == 1
    assert len(done.stdout) < 600_000, "an editor reads it at each start"
    assert list(Path.cwd().iterdir()) == []


def test_two_processes_write_the_same_bytes_and_load_no_heavy_module(bench):
    assert bench("schema", "--write").exit_code == 0
    code = (
        "import sys; from augbench.cli import build; build()(['schema', '--out', 'other.json'], standalone_mode=False); print(*sys.modules)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "5"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert Path("other.json").read_bytes() == Path("augbench.schema.json").read_bytes()
    assert {"torch", "numpy", "pandas", "scipy", "PIL", "timm"} & set(done.stdout.split()) == set()


def test_plugins_of_the_matrix_are_in_it_and_broken_parts_are_told(bench):
    Path("ablation.toml").write_text(_plugin("here"))
    done = bench("schema")
    assert json.loads(done.stdout)["definitions"]["augmenter.glow-here"]["properties"]["strength"]["description"] == "How much."
    assert "left out: augmenter 'gone-here' from " in done.stderr
    assert "has no 'Gone'" in done.stderr
    assert str(Path.cwd()) not in done.stdout, "a schema may be handed on"


def test_a_matrix_elsewhere_has_its_schema_beside_it(bench):
    Path("sub").mkdir()
    Path("sub/cells.toml").write_text(MATRIX)
    done = bench("schema", "--write", "--matrix", "sub/cells.toml")
    assert done.stdout == "sub/augbench.schema.json\n"
    assert "Put this line first in the matrix" in done.stderr
    assert done.stderr.endswith("  #:schema ./augbench.schema.json\n")
    assert json.loads(bench("schema", "--out", "all.json", "--matrix", "sub/cells.toml", "--json").stdout) == {
        "schema": "all.json",
        "line": "#:schema ../all.json",
        "linked": None,
    }


def test_only_the_first_line_of_a_matrix_changes(bench):
    Path("ablation.toml").write_text(MATRIX)
    Path("ablation.toml").chmod(0o640)
    assert bench("schema", "--link").exit_code == 0
    text = Path("ablation.toml").read_text()
    assert text == f"#:schema ./augbench.schema.json\n\n{MATRIX}"
    assert Path("ablation.toml").stat().st_mode & 0o777 == 0o640
    assert load_matrix(Path("ablation.toml"), discover()).rows
    assert bench("schema", "--link").exit_code == 0, "again: nothing to do"
    assert Path("ablation.toml").read_text() == text
    other = bench("schema", "--link", "--out", "other.json")
    assert other.exit_code == 2
    assert other.stderr.endswith(
        "'ablation.toml' begins with '#:schema ./augbench.schema.json', and is left as it is; write '#:schema ./other.json' in its place\n"
    )
    assert Path("ablation.toml").read_text() == text


def test_a_link_to_a_matrix_stays_a_link(bench):
    Path("real.toml").write_text(MATRIX)
    Path("ablation.toml").symlink_to("real.toml")
    assert bench("schema", "--link").exit_code == 0
    assert Path("ablation.toml").is_symlink()
    assert tomllib.loads(Path("real.toml").read_text()) == tomllib.loads(MATRIX)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--link"], "--link needs a matrix file"),
        (["--link", "--matrix", "augbench:bloodmnist"], "copy it first: bench init --preset augbench:bloodmnist"),
        (["--matrix", "gone.toml"], "gone.toml"),
        (["--matrix", "bad.toml"], "bad.toml:1:"),
        (["--out", "notes.json"], "'notes.json' is there already and is no schema of bench, so it is left as it is"),
        (["--out", "bad.toml"], "'bad.toml' is there already"),
        (["--out", "folder"], "'folder' is a folder"),
        (["--out", "bad.toml/x.json"], "cannot use"),
        (["--no-plugin", "nobody"], "no plugin called 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(bench, arguments, message):
    Path("folder").mkdir()
    Path("bad.toml").write_text("= 3\n")
    Path("notes.json").write_text('{"mine": 1}')
    before = {path: path.is_dir() or path.read_text() for path in Path.cwd().rglob("*")}
    done = bench("schema", *arguments)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert {path: path.is_dir() or path.read_text() for path in Path.cwd().rglob("*")} == before
