"""``bench plugins list`` and ``show``: what there is, what is wrong with it, and how it is used."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from augbench import __version__

MIX = '''
from dataclasses import dataclass

from augbench import Augmenter


@dataclass(frozen=True, kw_only=True)
class Twist(Augmenter):
    """Twist a picture."""

    arity = 1
    angle: float = 3.0
    """By how much."""

    def draw(self, context, rng):
        """Draw."""

    def apply(self, sources, draw):
        """Apply."""
'''
GOOD = """
from augbench import hookimpl


@hookimpl
def register(registry):
    registry.augmenter("twist", "{target}", "Twist a picture")
"""
BAD_CLASSES = {
    "missing": ("import nowhere_at_all\n" + MIX, "ModuleNotFoundError: No module named 'nowhere_at_all'", 1),
    "syntax": ("x = 1\nclass Twist(:\n", "SyntaxError: invalid syntax", 2),
    "plain": ("class Twist:\n    pass\n", "TypeError: 'mix_of_test:Twist' does not derive from augbench's base class of kind augmenter", 1),
    "thawed": (MIX.replace("frozen=True, ", ""), "TypeError: 'mix_of_test:Twist' is not a frozen, keyword-only dataclass: ", 6),
    "unmarked": (
        MIX.replace("@dataclass(frozen=True, kw_only=True)\n", ""),
        "TypeError: 'mix_of_test:Twist' is not a frozen, keyword-only dataclass: write @dataclass(frozen=True, kw_only=True) above it",
        6,
    ),
    "unfinished": (MIX.partition("    def apply")[0], "TypeError: 'mix_of_test:Twist' does not define apply", 6),
    "other kind": (
        MIX.replace("Augmenter", "Schedule").partition("    def draw")[0]
        + "    def factor(self, step, steps, steps_per_epoch):\n        pass\n",
        "TypeError: 'mix_of_test:Twist' is of kind schedule, not augmenter",
        6,
    ),
    "shadow": (
        MIX.replace("angle: float", "supports: float"),
        "TypeError: 'mix_of_test:Twist' has a field 'supports', which is a method of every augmenter; give it another name",
        6,
    ),
    "reserved": (
        MIX.replace("angle: float", "use: float"),
        "TypeError: 'mix_of_test:Twist' has a field 'use', which a matrix cannot set: the key means something else; give it another name",
        6,
    ),
    "presets": (
        MIX.replace("arity = 1", "presets = ['official']"),
        "TypeError: 'mix_of_test:Twist' has presets that are no tables by name; write presets = {\"official\": {...}}, not ['official']",
        6,
    ),
    "arity": (
        MIX.replace("arity = 1", "arity = 0"),
        "TypeError: 'mix_of_test:Twist' has arity = 0, and not a whole number from 1 to 1000: how many source images make one",
        6,
    ),
    "list": (
        MIX.replace("angle: float = 3.0", "angles: list[float] = []"),
        "ValueError: the default of field 'angles' is a list, which could be changed; "
        "type a list as tuple[float, ...] and write (), give a table field(default_factory=dict)",
        6,
    ),
    "table": (
        MIX.replace("angle: float = 3.0", "angles: dict[str, float] = {}"),
        "ValueError: the default of field 'angles' is a dict, ",
        6,
    ),
}


@pytest.fixture
def listed(bench) -> Callable[..., dict]:
    """List plugins as JSON."""
    return lambda *arguments: json.loads(bench("plugins", "list", "--json", *arguments).stdout)


@pytest.mark.parametrize("how", BAD_CLASSES)
def test_a_class_that_is_no_component_is_found_by_loading_it(site, listed, bench, how: str):
    code, why, line = BAD_CLASSES[how]
    site.install("augbench-twist", twist_plugin=GOOD.format(target="mix_of_test:Twist"))
    file = site.write("mix_of_test.py", code.lstrip("\n") if how not in ("missing", "syntax", "plain") else code)
    from_afar = listed("twist")["failures"]
    (failure,) = listed("twist", "--load")["failures"]
    # What does not take an import to be seen.
    assert from_afar == ([failure] if how == "syntax" else [])
    assert (failure["stage"], failure["kind"], failure["name"], failure["distribution"]) == ("load", "augmenter", "twist", "augbench-twist")
    assert failure["reason"].startswith(why)
    assert failure["where"].split(":")[:2] == [str(file), str(line)]
    assert "not loaded  augmenter 'twist' from augbench-twist 1.0 does not load: " in bench("plugins", "list", "twist", "--load").stdout
    shown = bench("plugins", "show", "twist")
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert why.split(", ")[0] in shown.stderr


def test_a_target_that_is_not_there_suggests_another(site, listed):
    site.install("augbench-twist", twist_plugin=GOOD.format(target="mix_of_test:Twits"))
    site.write("mix_of_test.py", MIX)
    assert listed("twist")["failures"] == listed("twist", "--load")["failures"]
    (failure,) = listed("twist")["failures"]
    assert failure["reason"].endswith("has no 'Twits'; did you mean 'Twist'?")


FAMILY = """

    name: str = "a"

    @classmethod
    def names(cls):
        {}


@hookimpl
def register(registry):
    registry.family("augmenter", "twists", f"{{__name__}}:Twist", "Twists by name")
"""


def of_a_family(names: str) -> str:
    return MIX.replace("import Augmenter", "import Augmenter, hookimpl") + FAMILY.format(names)


def test_a_file_s_families_are_shown(tmp_path, monkeypatch, bench):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "twists_of_test", raising=False)
    (tmp_path / "twists_of_test.py").write_text(of_a_family("return ('a', 'b')"))
    shown = bench("plugins", "show", "./twists_of_test.py")
    assert shown.exit_code == 0
    assert "twists/NAME  augmenter: Twists by name" in shown.stdout


@pytest.mark.parametrize(
    ("module", "names", "why"),
    [
        ("twists_that_exit", "exit(3)", "SystemExit: 3 ({}:26)"),
        ("twists_without", "return None", "TypeError: 'NoneType' object is not iterable ({}:24)"),
    ],
)
def test_names_that_a_family_cannot_tell_are_told_with_their_line(site, bench, module, names, why):
    site.install("augbench-twist", **{module: of_a_family(names)})
    shown = bench("plugins", "show", "twists/a")
    assert shown.exit_code == 2
    said = why.format(site.folder / f"{module}.py")
    assert shown.stderr == f"augmenter 'twists/NAME' from augbench-twist 1.0 does not load: {said}\n"


def test_an_arity_may_depend_on_a_parameter(site, listed, bench):
    site.install("augbench-twist", twist_plugin=GOOD.format(target="mix_of_test:Twist"))
    site.write(
        "mix_of_test.py", MIX.replace("arity = 1", "count: int = 3\n\n    @property\n    def arity(self):\n        return self.count\n")
    )
    assert listed("twist", "--load")["failures"] == []
    assert "[rows.twist.augment.linear]" in bench("plugins", "show", "twist").stdout


def test_what_is_listed_can_be_narrowed(listed, bench):
    assert {one["kind"] for one in listed("--kind", "sampler")["components"]} == {"sampler"}
    assert [one["name"] for one in listed("gulrajani")["components"]] == ["wgan-gp"]
    assert {one["kind"] for one in listed("mixup", "--kind", "augmenter", "--kind", "loss")["components"]} == {"augmenter"}
    assert listed("nothing is called so")["components"] == []
    refused = bench("plugins", "list", "--kind", "augmentor")
    assert refused.exit_code == 2
    assert "'augmentor' is no kind of component; did you mean 'augmenter'?" in " ".join(refused.stderr.replace("│", "").split())


def test_everything_that_should_be_known_of_plugins_is_listed(site, listed, bench, monkeypatch: pytest.MonkeyPatch):
    site.install("augbench-twist", "2.1", twist_plugin=GOOD.format(target="mix_of_test:Twist"))
    site.install("other-twist", other_plugin="print('hello')\n" + GOOD.format(target="mix_of_test:Twist"))
    site.install("mix-again", again_plugin=GOOD.format(target="mix_of_test:Twist").replace("twist", "mixup"))
    site.write("mix_of_test.py", MIX)
    late = site.install("late-mix", requires=["augbench>=99"], late_plugin="")
    text = bench("plugins", "list", "--no-plugin", "augbench-reports").stdout
    assert "clash  augmenter 'twist' is registered by augbench-twist 2.1 and by other-twist 1.0; write 'twist@augbench-twist'" in text
    assert "note  other_plugin: prints when it is imported: 'hello'" in text
    assert f"left out  augbench-reports of augbench {__version__}, by --no-plugin" in text
    # What is imported prints no more.
    monkeypatch.delitem(sys.modules, "other_plugin")
    found = listed("--no-plugin", "augbench-reports")
    assert found["clashes"] == [
        {
            "kind": "augmenter",
            "name": "mixup",
            "origins": [f"augbench {__version__}", "mix-again 1.0"],
            "addresses": ["mixup@augbench", "mixup@mix-again"],
        },
        {
            "kind": "augmenter",
            "name": "twist",
            "origins": ["augbench-twist 2.1", "other-twist 1.0"],
            "addresses": ["twist@augbench-twist", "twist@other-twist"],
        },
    ]
    (failure,) = found["failures"]
    assert (failure["plugin"], failure["stage"], failure["where"]) == ("late_plugin", "version", f"{late / 'entry_points.txt'}:2")
    (note,) = found["notes"]
    assert (note["plugin"], note["text"]) == ("other_plugin", "prints when it is imported: 'hello'")
    assert [one["plugin"] for one in found["left-out"]] == ["augbench-reports"]


def test_a_page_tells_where_a_component_comes_from_and_how_it_is_used(site, bench):
    information = site.install("augbench-twist", "2.1", twist_plugin=GOOD.format(target="mix_of_test:Twist"))
    with (information / "METADATA").open("a") as metadata:
        metadata.write("License-Expression: MIT\nProject-URL: Homepage, https://example.org/twist\n")
    file = site.write("mix_of_test.py", MIX)
    (page,) = json.loads(bench("plugins", "show", "twist", "--json").stdout)
    assert {key: page[key] for key in ("plugin", "distribution", "version", "licence", "home_page", "where", "example")} == {
        "plugin": "twist_plugin",
        "distribution": "augbench-twist",
        "version": "2.1",
        "licence": "MIT",
        "home_page": "https://example.org/twist",
        "where": f"{file}:7",
        "example": '[[rows.twist.transforms]]\nuse = "twist"\n# angle = 3.0',
    }
    text = bench("plugins", "show", "twist").stdout
    for words in ("augbench-twist 2.1", f"{file}:7", "https://example.org/twist, licence MIT", "# angle = 3.0"):
        assert words in text


def test_one_of_two_is_shown_by_the_name_that_means_it(site, bench):
    for distribution in ("augbench-twist", "other-twist"):
        site.install(distribution, **{f"{distribution.replace('-', '_')}_plugin": GOOD.format(target="mix_of_test:Twist")})
    site.write("mix_of_test.py", MIX)
    pages = json.loads(bench("plugins", "show", "twist", "--json").stdout)
    assert [page["example"].splitlines()[1] for page in pages] == ['use = "twist@augbench-twist"', 'use = "twist@other-twist"']
    (page,) = json.loads(bench("plugins", "show", "augmenter:twist@other_twist", "--json").stdout)
    assert page["distribution"] == "other-twist"


def test_a_member_of_a_family_is_shown_by_its_own_name(bench):
    (page,) = json.loads(bench("plugins", "show", "backbone:timm/resnet18", "--json").stdout)
    assert page["example"].splitlines()[:2] == ["[rows.resnet18.backbone]", 'use = "timm/resnet18"']
    (family,) = json.loads(bench("plugins", "show", "backbone:timm", "--json").stdout)
    assert family["example"].splitlines()[1] == 'use = "timm/NAME"'


def test_a_file_s_components_are_shown_before_any_matrix_names_it(bench, tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mix_of_a_file.py").write_text(MIX)
    (page,) = json.loads(bench("plugins", "show", "./mix_of_a_file.py", "--json").stdout)
    assert (page["name"], page["where"], page["version"]) == ("twist", f"{tmp_path / 'mix_of_a_file.py'}:7", "")
    monkeypatch.delitem(sys.modules, "mix_of_a_file")
    missing = bench("plugins", "show", "./no_such.py")
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert "no plugin file at" in missing.stderr


def test_a_name_of_a_plugin_that_is_left_out_says_so(site, bench, monkeypatch: pytest.MonkeyPatch):
    site.install("augbench-twist", twist_plugin=GOOD.format(target="mix_of_test:Twist"))
    monkeypatch.setenv("AUGBENCH_NO_PLUGIN", "augbench-twist")
    shown = bench("plugins", "show", "twist")
    said = "no component called 'twist'; it comes with plugin 'twist_plugin', which AUGBENCH_NO_PLUGIN leaves out\n"
    assert (shown.exit_code, shown.stderr) == (2, said)


WATCHES = """
from augbench import hookimpl


@hookimpl
def trial_finished(trial):
    pass


@hookimpl
def run_started():
    pass
"""


def test_verbs_and_hooks_are_listed_beside_components(site, bench, listed):
    information = site.install("augbench-watch", watch_plugin=WATCHES)
    with (information / "entry_points.txt").open("a") as points:
        points.write("[augbench.commands]\nwatch = no_such_module:app\nplan = no_such_module:plan\n")
    found, origin = listed("watch"), {"distribution": "augbench-watch", "version": "1.0"}
    assert found["hooks"] == [{"plugin": "watch_plugin", **origin, "names": ["run_started", "trial_finished"]}]
    assert found["verbs"] == [
        {"name": "plan@augbench-watch", "target": "no_such_module:plan", **origin},
        {"name": "watch", "target": "no_such_module:app", **origin},
    ]
    table = [line.replace("│", " ").split() for line in bench("plugins", "list", "watch").stdout.splitlines()]
    assert ["watch", "bench", "watch", "augbench-watch", "1.0"] in table
    assert ["watch_plugin", "run_started,", "trial_finished", "augbench-watch", "1.0"] in table
    assert listed("--kind", "sampler")["hooks"] == listed("--no-plugin", "watch_plugin")["verbs"] == []


def test_what_is_left_out_has_no_verb(site, bench, listed, monkeypatch):
    (site.install("augbench-coins") / "entry_points.txt").write_text("[augbench.commands]\nflip = no_such_module:app\n")
    assert "flip" in bench("--help").stdout
    for name in ("flip", "Augbench_Coins", "flip@augbench-coins"):
        monkeypatch.setenv("AUGBENCH_NO_PLUGIN", name)
        assert "flip" not in bench("--help").stdout
        assert "No such command 'flip'" in bench("flip").stderr
        left = {"plugin": "flip", "distribution": "augbench-coins", "version": "1.0", "by": "AUGBENCH_NO_PLUGIN"}
        assert (listed()["verbs"], listed()["left-out"]) == ([], [left])


@pytest.mark.parametrize("columns", ["80", "120"])
def test_pages_fit_the_terminal(bench, monkeypatch: pytest.MonkeyPatch, columns: str):
    from augbench.cli import console, plugins

    monkeypatch.setattr(plugins, "data", lambda: console._Console(highlight=False, width=int(columns), file=console._stdout()))
    for arguments in (("list",), ("show", "wgan-gp"), ("show", "timm/resnet18")):
        lines = bench("plugins", *arguments).stdout.splitlines()
        told = [line for line in lines if not line.startswith(("#", "/", "use =", "from "))]
        assert max(map(len, told)) <= int(columns)
