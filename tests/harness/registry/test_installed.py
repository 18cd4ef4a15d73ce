"""What metadata say of plugins is read without importing any; nonsense in them is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from augbench.registry.discovery import discover
from augbench.registry.installed import installation, points

GOOD = """
from augbench import hookimpl


@hookimpl
def register(registry):
    registry.augmenter("twist", "no_such_module:Twist")
"""


def notes() -> list[str]:
    return [str(note) for note in installation().notes]


def test_nothing_is_imported(site):
    site.install("bad", bad_plugin="1 / 0\n")
    assert {plugin.origin.plugin for plugin in installation().plugins} > {"bad_plugin"}


def test_two_plugins_of_one_name_in_two_distributions_both_work_and_are_noted(site):
    for name in ("ant", "bee"):
        information = site.install(name, **{f"{name}_plugin": GOOD.replace("twist", name)})
        (information / "entry_points.txt").write_text(f"[augbench]\nmix = {name}_plugin\n")
    registry = discover()
    assert {"ant", "bee"} <= set(registry.names("augmenter"))
    first, second = registry.notes
    assert str(first).startswith("mix: bee 1.0 has a plugin of this name, too; 'mix@ant' means this one (")
    assert str(second).endswith(f"'mix@bee' means this one ({site.folder / 'bee-1.0.dist-info' / 'entry_points.txt'}:2)")
    assert [one.origin.distribution for one in discover(["mix"]).left_out] == ["ant", "bee"]
    assert [one.origin.distribution for one in discover(["mix@Bee"]).left_out] == ["bee"]


def test_two_plugins_of_one_name_in_one_distribution_are_a_failure_of_the_second(site):
    information = site.install("mixes", ant=GOOD, bee="1 / 0\n")
    (information / "entry_points.txt").write_text("[augbench]\nmix = ant\n\nmix = bee\n")
    registry = discover()
    (failure,) = registry.failures
    said = "mix: metadata: 'mix' names both 'ant', which is used, and 'bee', which is not; give each plugin a name of its own"
    assert str(failure) == f"{said} ({information / 'entry_points.txt'}:4)"
    assert "twist" in registry.names("augmenter")


def test_a_distribution_twice_on_the_path_is_noted_with_both_places(site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    used = site.install("augbench-twist", "1.0", twist_plugin=GOOD)
    later = type(site)(tmp_path / "later")
    other = later.install("Augbench_Twist", "9.0", twist_plugin=GOOD)
    monkeypatch.syspath_prepend(str(later.folder))
    monkeypatch.syspath_prepend(str(site.folder))
    said = f"Augbench_Twist: installed twice: 1.0 in '{used}' is used, 9.0 in '{other}' is not; uninstall one"
    assert notes() == [said]
    assert [plugin.origin.version for plugin in installation().plugins if plugin.origin.plugin == "twist_plugin"] == ["1.0"]


def test_a_folder_twice_on_the_path_is_one_folder(site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    site.install("augbench-twist", twist_plugin=GOOD)
    (tmp_path / "link").symlink_to(site.folder)
    monkeypatch.syspath_prepend(str(tmp_path / "link"))
    monkeypatch.syspath_prepend(str(site.folder))
    assert [plugin.origin.plugin for plugin in installation().plugins].count("twist_plugin") == 1
    assert notes() == []


@pytest.mark.parametrize("text", ["[augbench]\nnonsense\n", "[augbench]\n\xff = x\n"])
def test_entry_points_that_make_no_sense_are_listed_and_stop_nothing(site, text: str):
    information = site.install("bad")
    (information / "entry_points.txt").write_bytes(text.encode("latin-1"))
    site.install("good", good_plugin=GOOD)
    registry = discover()
    (failure,) = registry.failures
    assert str(failure).startswith("bad-1.0.dist-info: metadata: its metadata cannot be read: ")
    assert str(failure).endswith(f"; install it again ({information / 'entry_points.txt'})")
    assert "twist" in registry.names("augmenter")


def test_a_distribution_without_metadata_is_listed(site):
    information = site.install("bad", good_plugin=GOOD)
    (information / "METADATA").unlink()
    assert "its metadata cannot be read" in str(discover().failures[0])


@pytest.mark.parametrize("value", ["", "..near", "good_plugin : a b", "-m good"])
def test_an_entry_point_without_a_module_is_listed_with_its_line(site, value: str):
    information = site.install("bad")
    (information / "entry_points.txt").write_text(f"[augbench]\nbad = {value}\n")
    (failure,) = discover().failures
    said = f"'bad = {value}' names no module; write 'bad = PACKAGE', the module that holds register"
    assert str(failure) == f"bad: metadata: {said} ({information / 'entry_points.txt'}:2)"


@pytest.mark.parametrize("value", ["os [extra]", "os : path", "os:path.sep [extra]"])
def test_what_an_entry_point_may_hold_is_taken(site, value: str):
    information = site.install("good")
    (information / "entry_points.txt").write_text(f"[augbench]\ngood = {value}\n")
    assert [plugin.point.module for plugin in installation().plugins if plugin.origin.plugin == "good"] == ["os"]


def test_entry_points_of_another_group_outlive_those_that_cannot_be_read(site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, text in {"bad": "[augbench.presets]\nnonsense\n", "good": "[augbench.presets]\nmine = tables\n"}.items():
        (site.install(name) / "entry_points.txt").write_text(text)
    later = type(site)(tmp_path / "later")
    (later.install("good", "2.0") / "entry_points.txt").write_text("[augbench.presets]\nolder = tables\n")
    monkeypatch.syspath_prepend(str(later.folder))
    monkeypatch.syspath_prepend(str(site.folder))
    assert {point.name for point in points("augbench.presets")} == {"augbench", "mine"}
