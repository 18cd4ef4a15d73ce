"""Matrix files that distributions ship are found by name, read, extended, and never anything else."""

from pathlib import Path

import pytest

from augbench.config import documents, presets
from augbench.config.findings import Findings
from augbench.values.errors import ClashingPresets, ConfigError, UnknownComponent

TABLE = """\
# A table of theirs.
#
# needs: nothing
# trials: 12
title = "Theirs"
base = 1
"""


def load(path, text):
    path.write_text(text)
    findings = Findings()
    found = documents.load(path, findings)
    findings.raise_any()
    return found


def told(path, text):
    with pytest.raises(ConfigError) as refused:
        load(path, text)
    return [str(problem).partition("\n")[0] for problem in refused.value.problems], [each.hint for each in refused.value.problems]


def test_those_of_augbench_are_listed_with_what_they_say_of_themselves():
    found = {preset.name: preset for preset in presets.listed()}
    table = found["augbench:rana-2022/cell-cycle"]
    assert table.summary.startswith("Table 2 of Rana et al. 2022")
    assert "Table 2" in table.title
    assert table.needs.startswith("BBBC048 (bench datasets fetch bbbc048)")
    assert (table.trials, table.distribution) == (120, "augbench")
    assert presets.text(table.name).startswith(f"# {table.summary}\n")


def test_other_distributions_ship_theirs(ship):
    ship(table=TABLE, deep__er="no = [toml", bare="title = 3\n")
    theirs = [preset for preset in presets.listed() if preset.distribution == "their-presets"]
    assert [preset.name for preset in theirs] == ["theirs:bare", "theirs:deep/er", "theirs:table"]
    assert [(each.title, each.summary, each.needs, each.trials) for each in theirs] == [
        ("", "", "", None),
        ("", "", "", None),
        ("Theirs", "A table of theirs.", "nothing", 12),
    ]


def test_listing_runs_no_code_of_theirs(ship):
    folder = ship(table=TABLE)
    for package in (folder.parent, folder):
        (package / "__init__.py").write_text("raise SystemExit(3)\n")
    assert presets.text("theirs:table") == TABLE


def test_a_package_that_is_not_there_ships_nothing(ship):
    ship(prefix="gone", package="their_presets")
    ship(distribution="other", prefix="odd", package="os")
    (ship(distribution="third", prefix="third", package="third")).rmdir()
    assert not [preset.name for preset in presets.listed() if not preset.name.startswith("augbench:")]


def test_names_lead_nowhere_else(ship, tmp_path):
    folder = ship(table=TABLE)
    (folder.parent / "secret.toml").write_text("a = 1\n")
    for name in ("theirs:../secret", f"theirs:{folder.parent}/secret", "theirs:table.toml", "theirs:", "theirs:./table", "theirs:table\n"):
        with pytest.raises(UnknownComponent, match="no preset called"):
            presets.text(name)


def test_one_name_of_two_distributions_is_refused(ship, tmp_path):
    ship(table=TABLE)
    ship(distribution="others", package="others", table=TABLE)
    said = "the preset 'theirs:table' is shipped by others and by their-presets; uninstall one of them"
    with pytest.raises(ClashingPresets) as refused:
        presets.text("theirs:table")
    assert str(refused.value) == said
    assert told(tmp_path / "m.toml", 'extends = "theirs:table"\n')[0] == [f"{tmp_path / 'm.toml'}:1:11: {said}"]


def test_a_file_extends_presets_and_files_alike(ship, tmp_path):
    ship(table=TABLE, more='extends = "theirs:table"\nmore = 1\n')
    (tmp_path / "mine.toml").write_text("mine = 1\n")
    found = load(tmp_path / "m.toml", 'extends = ["theirs:more", "mine.toml"]\n')
    assert [source.name for source in found.files] == ["theirs:table", "theirs:more", str(tmp_path / "mine.toml"), str(tmp_path / "m.toml")]
    assert f"\n# ---- extends theirs:table ----\n{TABLE}" in found.text


def test_an_unknown_one_is_told_with_what_was_meant(ship, tmp_path):
    ship(table=TABLE)
    said, hints = told(tmp_path / "m.toml", 'extends = ["theirs:tabel"]\n')
    assert said == [f"{tmp_path / 'm.toml'}:1:12: no preset called 'theirs:tabel'"]
    assert hints == ["did you mean 'theirs:table'?"]


def test_what_is_wrong_in_one_is_told_with_its_place_there(ship, tmp_path):
    ship(broken="a = 1\nb = \n", latin=b"a = '\xe9'\n", wide='extends = "../secret.toml"\n')
    assert told(tmp_path / "m.toml", 'extends = "theirs:broken"\n')[0] == ["theirs:broken:2:5: not valid TOML: invalid value"]
    assert told(tmp_path / "m.toml", 'extends = "theirs:latin"\n')[0] == ["theirs:latin:1:6: not UTF-8: byte 0xe9"]
    said, hints = told(tmp_path / "m.toml", 'extends = "theirs:wide"\n')
    assert said == ["theirs:wide:1:11: a preset extends presets alone"]
    assert hints == ["name one, such as 'augbench:cifar10-lt'"]


def test_presets_that_extend_each_other_are_refused(ship, tmp_path):
    ship(one='extends = "theirs:two"\n', two='extends = "theirs:one"\n')
    said, hints = told(tmp_path / "m.toml", 'extends = "theirs:one"\n')
    assert said == ["theirs:two:1:11: the files extend each other: theirs:one -> theirs:two -> theirs:one"]
    assert hints == ["break the circle"]


def test_a_preset_stands_for_a_matrix_file(ship, tmp_path):
    ship(table=TABLE)
    assert [source.name for source in documents.load(Path("theirs:table"), Findings()).files] == ["theirs:table"]
    with pytest.raises(UnknownComponent, match=r"no preset called 'theirs:tabel'; did you mean 'theirs:table'\?"):
        documents.load(Path("theirs:tabel"), Findings())


def test_a_path_is_no_preset():
    assert not any(map(presets.is_preset, ("base.toml", "./a:b.toml", "/x/a:b", "C:/cells.toml", "$HOME/a:b", "", ":x")))
