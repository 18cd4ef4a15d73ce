"""``bench datasets list`` and ``show`` tell what can be told without reading an image."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

PLUGIN = """
from dataclasses import dataclass
from pathlib import Path
from augbench import Card, Dataset, Download, Probe, data_folder, hookimpl

@hookimpl
def register(registry):
    registry.family("dataset", "shapes", f"{__name__}:Shapes", "Shapes by name")
    registry.dataset("remote", f"{__name__}:Remote", "Needs a library that nobody has")
    registry.dataset("wrapped", f"{__name__}:Wrapped", "Another data set, upside down")
    registry.dataset("odd", f"{__name__}:Odd", "Does not load")

class _Nothing(Dataset):
    def probe(self): ...
    def load(self): ...

@dataclass(frozen=True, kw_only=True)
class Shapes(_Nothing):
    name: str
    size: int = 28
    "Height and width."

    @classmethod
    def names(cls):
        return ("rings", "stars")

    def card(self):
        counts = {"train": {"red": 1200, "blue": 30}, "test": {"red": 100, "blue": 10}}
        told = dict(images="1,340 of them", groups="sheets", traps=("Some are twins.",))
        return Card(title=f"Drawn {self.name}", licence="CC BY 4.0", counts=counts, **told)

    def downloads(self):
        url = f"https://example.org/{self.name}_{self.size}.npz"
        return (Download(url=url, to=data_folder() / "shapes" / f"{self.name}.npz", checksum="md5:0a", bytes=1_500_000),)

@dataclass(frozen=True, kw_only=True)
class Remote(_Nothing):
    preload = ("no_such_library_at_all",)
    name: str

@dataclass(frozen=True, kw_only=True)
class Wrapped(_Nothing):
    of: Dataset
    turns: int
"""


@pytest.fixture
def shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a plugin with data sets of many kinds; return where their files belong."""
    information = tmp_path / "shapes-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: shapes\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[augbench]\nshapes = shapes_plugin_of_a_test\n")
    (tmp_path / "shapes_plugin_of_a_test.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("AUGBENCH_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "shapes"


def listed(bench: Callable[..., Result]) -> dict[str, dict]:
    return {row["name"]: row for row in json.loads(bench("datasets", "list", "--json").stdout)}


def test_the_list_says_where_the_files_of_each_are(bench, shapes: Path):
    shapes.mkdir(parents=True)
    (shapes / "stars.npz").write_bytes(b"")
    rows = listed(bench)
    states = {name: row["files"] for name, row in rows.items() if row["distribution"] == "shapes"}
    assert states == {
        "odd": "does not load",
        "remote": "needs no_such_library_at_all",
        "shapes/rings": "to fetch, 1.5 MB",
        "shapes/stars": "here",
        "wrapped": "those of another data set",
    }
    assert (rows["image-folder"]["files"], rows["phantom"]["files"]) == ("your own", "none needed")


def broken(shapes: Path, module: str, code: str) -> Path:
    """Let the plugin be another module."""
    folder = shapes.parents[1]
    (folder / "shapes-1.0.dist-info" / "entry_points.txt").write_text(f"[augbench]\nshapes = {module}\n")
    (folder / f"{module}.py").write_text(code)
    return folder / f"{module}.py"


@pytest.mark.parametrize(("module", "wrong"), [("divides", "1 / 0"), ("exits", "exit(4)"), ("forgets", "return None")])
def test_a_data_set_that_breaks_breaks_no_list(bench, shapes: Path, module: str, wrong: str):
    odd = f"@dataclass(frozen=True, kw_only=True)\nclass Odd(_Nothing):\n    def card(self):\n        {wrong}\n"
    plugin = broken(shapes, f"shapes_that_{module}", f"{PLUGIN}\n{odd}")
    assert listed(bench)["odd"]["files"] == "see 'show'"
    assert f"({plugin}:" in bench("datasets", "show", "odd").stdout


def test_names_that_cannot_be_told_break_no_list(bench, shapes: Path):
    broken(shapes, "shapes_without_names", PLUGIN.replace('return ("rings", "stars")', "raise KeyError('rings')"))
    assert listed(bench)["shapes/NAME"]["files"] == "does not load"
    shown = bench("datasets", "show", "shapes/rings")
    assert shown.exit_code == 2
    assert shown.stderr.startswith("dataset 'shapes/NAME' from shapes 1.0 does not load: KeyError: 'rings' (")


def test_the_list_has_a_line_for_each_of_a_family_with_its_licence(bench, shapes: Path):
    (line,) = (line for line in bench("datasets", "list").stdout.splitlines() if "shapes/rings" in line)
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        *("shapes/rings", "Drawn rings", "to fetch, 1.5 MB", "CC BY 4.0", "shapes 1.0"),
    ]


def test_the_list_is_without_members_that_are_refused(bench, shapes: Path):
    names = listed(bench)
    assert "medmnist/bloodmnist" in names
    assert "medmnist/chestmnist" not in names
    assert "has 14 labels an image" in bench("datasets", "show", "medmnist/chestmnist").stdout


def test_show_tells_all_of_a_card_the_files_and_the_lines_of_a_matrix(bench, shapes: Path):
    text = bench("datasets", "show", "shapes/rings").stdout
    for line in ("Title     Drawn rings", "Images    1,340 of them", "Groups    sheets", "Licence   CC BY 4.0", "- trap: Some are twins."):
        assert f"\n{line}\n" in text
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in text.splitlines() if line.startswith("│")]
    assert ["red", "1,200", "100"] in rows
    assert ["all", "1,230", "110"] in rows
    assert (
        "\nFiles     to fetch, 1.5 MB\n- rings.npz: not here, 1.5 MB, md5:0a\n"
        f"  from https://example.org/rings_28.npz\n  to   {shapes / 'rings.npz'}\n"
    ) in text
    assert text.endswith('\n[datasets.rings]\nuse = "shapes/rings"\n')


def test_show_json_has_all_of_it(bench, shapes: Path):
    (page,) = json.loads(bench("datasets", "show", "shapes/rings", "--json").stdout)
    assert page["downloads"] == [
        {
            "url": "https://example.org/rings_28.npz",
            "to": str(shapes / "rings.npz"),
            "checksum": "md5:0a",
            "bytes": 1500000,
            "here": False,
        }
    ]
    assert page["card"]["counts"]["test"] == {"red": 100, "blue": 10}
    assert (page["files"], page["matrix"]) == ("to fetch, 1.5 MB", '[datasets.rings]\nuse = "shapes/rings"')


def test_show_takes_parameters(bench, shapes: Path):
    text = bench("datasets", "show", "shapes/rings", "--set", "size=64").stdout
    assert "https://example.org/rings_64.npz" in text
    assert text.endswith('use = "shapes/rings"\nsize = 64\n')


def test_show_of_a_family_names_its_members(bench, shapes: Path):
    (page,) = json.loads(bench("datasets", "show", "shapes", "--json").stdout)
    assert page["members"] == ["shapes/rings", "shapes/stars"]
    assert "Names     shapes/rings, shapes/stars" in bench("datasets", "show", "shapes").stdout


def test_show_of_an_unknown_member_suggests_one(bench, shapes: Path):
    done = bench("datasets", "show", "shapes/ring")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "did you mean 'shapes/rings'?" in done.stderr


def test_what_wants_parameters_is_shown_all_the_same_with_blanks_to_fill_in(bench, shapes: Path):
    text = bench("datasets", "show", "wrapped").stdout
    assert "required" in text
    assert text.endswith('[datasets.wrapped]\nuse = "wrapped"\nof = { use = "..." }\nturns = 1\n')
    assert bench("datasets", "show", "image-folder").stdout.endswith('use = "image-folder"\npath = "..."\n')


def test_what_does_not_load_says_why(bench, shapes: Path):
    done = bench("datasets", "show", "odd")
    assert done.exit_code == 2
    assert "dataset 'odd' from shapes 1.0 does not load: AttributeError" in done.stderr
