"""A matrix' own modules travel as source; what is installed stays, and is compared."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import augbench
from augbench.engine.travelling import differences, pack, unpack
from support.toys import Dots  # noqa: F401 - its module defines components


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """Make a package, a module and a plugin file that nobody has installed."""
    for name in ("own_package/__init__.py", "own_package/deep/part.py", "own_module.py", "plugins_here/own_plugin.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"WORD = {name!r}\n")
    for name in ("own_package/weights.bin", "own_package/__pycache__/part.cpython-311.pyc", "own_package/.hidden/x.py", "other_module.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("no")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_packages_modules_and_plugin_files_travel_as_source(own):
    luggage = pack(("./plugins_here/own_plugin.py", "own_module"), own, ["own_package.deep.part"])
    assert set(luggage.files) == {
        "plugins/own_plugin.py",
        "modules/own_module.py",
        "modules/own_package/__init__.py",
        "modules/own_package/deep/part.py",
    }
    assert luggage.plugins == ("own_plugin.py", "own_module")


def test_a_plugin_file_that_is_loaded_is_no_module_beside(own, monkeypatch):
    monkeypatch.setitem(sys.modules, "own_plugin", sys)
    assert set(pack(("plugins_here/own_plugin.py",), own, ["own_plugin"]).files) == {"plugins/own_plugin.py"}


def test_what_is_installed_stays(own):
    luggage = pack((), own, ["numpy", "json", "sys", "augbench.stages.run", "no_such_module", "__main__"])
    assert luggage.files == {}


def test_a_package_in_several_places_travels_whole(own, monkeypatch, tmp_path_factory):
    second = tmp_path_factory.mktemp("second")
    for place, word in ((own, "first"), (second, "second")):
        (place / "spread").mkdir()
        (place / "spread" / "both.py").write_text(word)
        (place / "spread" / f"{word}.py").write_text(word)
    monkeypatch.setattr(sys, "path", [str(own), str(second), *sys.path])
    files = pack((), own, ["spread.both"]).files
    assert {name: text.decode() for name, text in files.items()} == {
        "modules/spread/both.py": "first",
        "modules/spread/first.py": "first",
        "modules/spread/second.py": "second",
    }


def test_it_is_found_first_where_it_is_unpacked(own, tmp_path):
    luggage = pack(("plugins_here/own_plugin.py",), own, ["own_package.deep.part"])
    code = (
        "import sys; from pathlib import Path; from augbench.engine.travelling import Luggage, unpack\n"
        f"place = unpack(Luggage(files={dict(luggage.files)!r}, plugins=(), code={{}}), Path({str(tmp_path / 'there')!r}))\n"
        "import own_package.deep.part as part; print(part.__file__, place)"
    )
    # The same package is on the path there, too, in another version perhaps.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(own), os.environ.get("PYTHONPATH", "")])}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment).stdout
    assert said.split() == [str(tmp_path / "there/modules/own_package/deep/part.py"), str(tmp_path / "there/plugins")]


def test_code_that_is_installed_is_compared_where_it_defines_components(own, monkeypatch):
    monkeypatch.setattr("augbench.engine.travelling._installed", lambda top: True)
    luggage = pack((), own, ["support.toys", "own_module"])
    assert list(luggage.code) == ["support.toys"]
    assert differences(luggage) == ""
    other = replace(luggage, code={"support.toys": "0" * 64})
    assert differences(other) == "its code of support.toys is missing or another"


def test_another_augbench_is_a_difference(own):
    luggage = replace(pack((), own, []), version="0.0.7")
    assert differences(luggage) == f"it has augbench {augbench.__version__}, not 0.0.7"


def test_unpacking_says_where_plugins_lie(own, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", sys.path.copy())
    place = unpack(pack(("plugins_here/own_plugin.py",), own, []), tmp_path / "there")
    assert (place / "own_plugin.py").read_text() == "WORD = 'plugins_here/own_plugin.py'\n"
