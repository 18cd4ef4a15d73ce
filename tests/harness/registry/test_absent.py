"""A name that is not there says what was meant, or where it would come from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from augbench.registry.discovery import discover
from augbench.registry.known import KNOWN
from augbench.values.errors import AugbenchError, MissingExtra, UnknownComponent
from augbench.values.extras import LIBRARIES

ROOT = Path(__file__).parents[3]
PLUGIN = """
    from augbench import hookimpl

    @hookimpl
    def register(registry):
        registry.augmenter(
            "twist", "no_such_module:Twist"
        )
        registry.family("backbone", "hub", "no_such_module:Hub")
"""


def message(kind: str, use: str, **how) -> str:
    with pytest.raises(AugbenchError) as error:
        discover(**how).resolve(kind, use)
    return str(error.value)


@pytest.mark.parametrize(("how", "by"), [({"disabled": ["twisted"]}, "--no-plugin"), ({"declared": ["augbench-twist"]}, "disable-plugins")])
def test_a_name_of_a_plugin_that_is_left_out_says_so(site, how, by):
    site.install("augbench-twist", twisted=PLUGIN)
    said = "no augmenter called 'twist'; it comes with plugin 'twisted', which"
    assert message("augmenter", "twist", **how) == f"{said} {by} leaves out"
    assert message("backbone", "hub/some-net", **how).endswith(f"it comes with plugin 'twisted', which {by} leaves out")
    assert message("sampler", "twist", **how).endswith(f"; left out by {by}: twisted")


def test_the_environment_leaves_plugins_out(site, monkeypatch: pytest.MonkeyPatch):
    site.install("augbench-twist", twisted="1 / 0\n")
    site.install("augbench-turn", turned="1 / 0\n")
    monkeypatch.setenv("AUGBENCH_NO_PLUGIN", " twisted ,augbench_turn,")
    registry = discover()
    assert registry.failures == []
    assert [(one.origin.plugin, one.by) for one in registry.left_out] == [
        ("turned", "AUGBENCH_NO_PLUGIN"),
        ("twisted", "AUGBENCH_NO_PLUGIN"),
    ]
    monkeypatch.setenv("AUGBENCH_NO_PLUGIN", "twistd")
    with pytest.raises(UnknownComponent, match=r"no plugin called 'twistd'; did you mean 'twisted'\?; AUGBENCH_NO_PLUGIN names it$"):
        discover()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import nowhere_at_all\n", "ModuleNotFoundError: No module named 'nowhere_at_all' ({}:1)"),
        ("def broken(:\n", "SyntaxError: invalid syntax ({}:1:12)"),
    ],
)
def test_a_name_of_a_broken_plugin_says_what_is_wrong_with_it(site, code: str, why: str):
    site.install("augbench-twist", twisted="")
    place = site.write("twisted.py", PLUGIN)
    place.write_text(code + place.read_text())
    said = "no augmenter called 'twist'; it comes with plugin 'twisted', which does not load: "
    assert message("augmenter", "twist") == said + why.format(place)


def test_a_name_that_is_published_says_how_to_get_it():
    said = "pip install ./examples/augbench-gridmix, in a copy of augbench's repository, provides it"
    assert message("augmenter", "grid-mix") == f"no augmenter called 'grid-mix'; {said}"


def test_a_name_that_a_run_had_says_from_where():
    registry = discover()
    registry.recorded["augmenter", "mixpu"] = "augbench-mixpu 0.1.0"
    with pytest.raises(UnknownComponent) as error:
        registry.resolve("augmenter", "mixpu")
    told = "the run had it from augbench-mixpu 0.1.0, which does not bring it here; install that again"
    assert str(error.value) == f"no augmenter called 'mixpu'; {told}"
    assert message("sampler", "mixpu").startswith("no sampler called 'mixpu'; known: ")


def test_what_is_said_to_be_published_is(site, monkeypatch: pytest.MonkeyPatch):
    folders = {one.install.partition(",")[0].removeprefix("pip install ") for one in KNOWN}
    for place, folder in enumerate(sorted(folders)):
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        information = site.install(project["name"])
        points = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["augbench"].items())
        (information / "entry_points.txt").write_text(f"[augbench]\n{points}")
        monkeypatch.syspath_prepend(str(ROOT / folder))
        assert place < len(KNOWN)
    there = {(entry.kind, entry.name) for entry in discover().entries}
    assert {(one.kind, one.name) for one in KNOWN} <= there


def test_every_extra_has_a_word_for_what_it_brings():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(LIBRARIES) == set(extras) - {"test"}
    assert str(MissingExtra("adasyn", "smote")) == "'adasyn' needs imbalanced-learn; pip install 'augbench[smote]'"


@pytest.mark.parametrize(
    ("kind", "use", "said"),
    [
        ("augmenter", "mixup@augbnch", "no augmenter called 'mixup@augbnch'; did you mean 'mixup@augbench'?"),
        ("augmenter", "mix-up@augbench", "no augmenter called 'mix-up'; did you mean 'mixup'?"),
        ("sampler", "augmenter:mixup", "no sampler called 'augmenter:mixup'; 'augmenter:' names a component of kind augmenter, and here "),
        ("augmenter", "augmenter:mixpu", "no augmenter called 'mixpu'; did you mean 'mixup'?"),
        ("test", "test:nothing", "no test called 'nothing'; known: "),
        ("backbone", "timm/resnet18@augbnch", "no backbone called 'timm/resnet18@augbnch'; did you mean 'timm/NAME@augbench'?"),
        ("augmenter", "package.mix.FlipMix", "no augmenter called 'package.mix.FlipMix'; a class is named 'package.mix:FlipMix'"),
        ("augmenter", "", "no augmenter called ''; known: "),
    ],
)
def test_a_qualified_name_that_is_wrong_says_what_was_meant(kind: str, use: str, said: str):
    assert message(kind, use).startswith(said)


def test_a_name_of_another_kind_says_so():
    assert message("sampler", "mixup").endswith("; 'mixup' is of kind augmenter")


def test_a_module_may_be_called_like_a_kind(site):
    code = "from dataclasses import dataclass\nfrom augbench import Loss\n\n\n@dataclass(frozen=True, kw_only=True)\nclass Zero(Loss):\n"
    site.write("loss.py", code + "    def loss(self, logits, targets, context):\n        return 0 * logits.sum()\n")
    assert discover().resolve("loss", "loss:Zero").component.__name__ == "Zero"
