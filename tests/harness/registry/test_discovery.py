"""Plugins are found through their entry points; a broken one is listed and stops nothing."""

from __future__ import annotations

import textwrap
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from augbench.registry.collect import Registry
from augbench.registry.discovery import collect, discover
from augbench.registry.entries import Origin
from augbench.values.errors import DuplicateName, UnknownComponent

GOOD = """
    from augbench import hookimpl

    @hookimpl
    def register(registry):
        registry.augmenter("twist", "no_such_module:Twist", "Twist a picture")
"""


def failure(registry) -> str:
    assert len(registry.failures) == 1
    return str(registry.failures[0])


def test_the_built_in_components_come_through_the_entry_points():
    registry = discover()
    assert {entry.origin.plugin for entry in registry.entries} >= {"augbench-plugins", "augbench-datasets", "augbench-reports"}
    assert "wgan-gp" in registry.names("generator")
    assert registry.failures == []


def test_a_plugin_adds_its_names_without_importing_what_they_point_at(site):
    site.install("augbench-twist", "2.1", twist_plugin=GOOD)
    registry = discover()
    entry = next(entry for entry in registry.entries if entry.name == "twist")
    assert (entry.kind, entry.summary, str(entry.origin)) == ("augmenter", "Twist a picture", "augbench-twist 2.1")
    assert registry.failures == []


def test_a_broken_import_is_listed_with_its_line_and_stops_no_other(site):
    site.install("bad", bad_plugin="import os\nimport nowhere_at_all\n")
    site.install("good", good_plugin=GOOD)
    registry = discover()
    where = site.folder / "bad_plugin.py"
    assert failure(registry) == f"bad_plugin: import: ModuleNotFoundError: No module named 'nowhere_at_all' ({where}:2)"
    assert "twist" in registry.names("augmenter")


@pytest.mark.parametrize("module", ["importlib.metadata", "importlib_metadata"])
def test_a_module_that_is_not_there_blames_no_line_of_python_s_own(site, monkeypatch, module: str):
    # Who imports the backport is handed its entry points.
    monkeypatch.setattr("augbench.registry.installed.distributions", pytest.importorskip(module).distributions)
    information = site.install("bad")
    (information / "entry_points.txt").write_text("[augbench]\nbad = no_such_plugin_module\n")
    assert failure(discover()) == "bad: import: ModuleNotFoundError: No module named 'no_such_plugin_module'"


def test_a_syntax_error_is_listed_with_its_line_and_column(site):
    site.install("bad", bad_plugin="x = 1\ndef register(:\n")
    assert failure(discover()) == f"bad_plugin: import: SyntaxError: invalid syntax ({site.folder / 'bad_plugin.py'}:2:14)"


def test_a_misspelt_hook_argument_is_listed_with_the_hook_s_line(site):
    code = """
        from augbench import hookimpl

        @hookimpl
        def register(registri):
            pass
    """
    site.install("bad", bad_plugin=code)
    said = failure(discover())
    assert said.startswith("bad_plugin: signature: PluginValidationError:")
    assert "{'registri'}" in said
    assert said.endswith(f"({site.folder / 'bad_plugin.py'}:4)")


def test_of_several_hooks_the_misspelt_one_is_blamed(site):
    code = """
        from augbench import hookimpl

        @hookimpl
        def register(registry): ...

        @hookimpl
        def trial_finished(trial, scoers): ...
    """
    site.install("bad", bad_plugin=code)
    said = failure(discover())
    assert "{'scoers'}" in said
    assert said.endswith(f"({site.folder / 'bad_plugin.py'}:7)")


def test_a_misspelt_hook_is_listed(site):
    site.install("bad", bad_plugin="from augbench import hookimpl\n\n@hookimpl\ndef regster(registry):\n    pass\n")
    assert "bad_plugin: signature: PluginValidationError: unknown hook 'regster'" in failure(discover())


def test_a_forgotten_mark_is_listed(site):
    site.install("bad", bad_plugin="def register(registry):\n    pass\n")
    where = site.folder / "bad_plugin.py"
    said = "no function is marked with @augbench.hookimpl; write @augbench.hookimpl above register"
    assert failure(discover()) == f"bad_plugin: signature: {said} ({where})"


def test_a_module_that_does_nothing_is_listed(site):
    site.install("bad", bad_plugin="")
    assert "no function is marked with @augbench.hookimpl; write a function register(registry) and" in failure(discover())


def test_a_hook_that_is_never_called_is_listed(site):
    site.install("bad", bad_plugin="from augbench import hookimpl\n\n@hookimpl\nclass register:\n    pass\n")
    assert failure(discover()).startswith("bad_plugin: signature: ")


def test_a_register_that_raises_adds_nothing(site):
    code = """
        from augbench import hookimpl

        @hookimpl
        def register(registry):
            registry.augmenter("half", "half:Half")
            registry.augmenter("the other half", "half:Half")
    """
    site.install("bad", bad_plugin=code)
    registry = discover()
    assert failure(registry).startswith("bad_plugin: register: ValueError: 'the other half' is no name for a component")
    assert failure(registry).endswith(f"({site.folder / 'bad_plugin.py'}:7)")
    assert "half" not in registry.names("augmenter")


CLASS = """
    from augbench import hookimpl

    class Plugin:
        @hookimpl
        def register(registry):
            registry.augmenter("twist", "no_such_module:Twist")

    def function():
        pass

    number = 3
"""


@pytest.mark.parametrize(
    ("value", "what", "line"),
    [
        ("bad_plugin:Plugin", "a class", ":4"),
        ("bad_plugin:function", "a function", ":9"),
        ("bad_plugin:number", "a value of type int", ""),
        ("bad_plugin:Plugin.register", "a function", ":5"),
    ],
)
def test_an_entry_point_that_names_no_module_is_listed(site, value: str, what: str, line: str):
    information = site.install("bad", bad_plugin=CLASS)
    (information / "entry_points.txt").write_text(f"[augbench]\nbad = {value}\n")
    said = f"bad: module: the entry point '{value}' names {what}; name the module that holds register: 'bad_plugin'"
    assert failure(discover()) == said + (f" ({site.folder / 'bad_plugin.py'}{line})" if line else "")


def test_an_entry_point_that_names_nothing_is_listed(site):
    information = site.install("bad", bad_plugin=CLASS)
    (information / "entry_points.txt").write_text("[augbench]\nbad = bad_plugin:plugin\n")
    assert failure(discover()) == "bad: import: AttributeError: module 'bad_plugin' has no attribute 'plugin'"


def test_what_a_plugin_prints_is_noted_and_spoils_no_output(site, capsys):
    site.install("loud", loud_plugin="print('I am', 'here')\n" + textwrap.dedent(GOOD))
    registry = discover()
    assert capsys.readouterr() == ("", "")
    assert [str(note) for note in registry.notes] == ["loud_plugin: prints when it is imported: 'I am here'"]
    assert "twist" in registry.names("augmenter")


def test_what_a_plugin_warns_of_is_noted_with_its_line(site, recwarn):
    site.install("wary", wary_plugin="import warnings\nwarnings.warn('soon\\n gone')\n" + textwrap.dedent(GOOD))
    assert [str(note) for note in discover().notes] == [f"wary_plugin: warns: UserWarning: soon gone ({site.folder / 'wary_plugin.py'}:2)"]
    assert list(recwarn) == []


SPEC = """
    import pluggy

    hookspec = pluggy.HookspecMarker("augbench")

    @hookspec(
        warn_on_impl=None,
        warn_on_impl_args={"names": DeprecationWarning("'names' goes with augbench 2: use 'registry'")},
    )
    def register(registry, names):
        pass

    @hookspec(warn_on_impl=DeprecationWarning("'enrol' goes with augbench 2: use 'register'"))
    def enrol(registry):
        pass
"""
OLD = """
    from augbench import hookimpl

    @hookimpl
    def register(registry, names):
        pass

    @hookimpl
    def enrol(registry):
        pass
"""


def test_hooks_and_arguments_that_are_to_go_are_noted_with_the_line_that_uses_them(site):
    site.write("old_specs.py", SPEC)
    site.write("old_plugin.py", OLD)
    registry, origin = Registry(), Origin(plugin="old", distribution="old", version="1.0")
    point = EntryPoint(name="old", value="old_plugin", group="augbench")
    collect(registry, origin, point, specs=import_module("old_specs"))
    where = site.folder / "old_plugin.py"
    assert sorted(str(note) for note in registry.notes if "Deprecation" in note.text) == [
        f"old: warns: DeprecationWarning: 'enrol' goes with augbench 2: use 'register' ({where}:8)",
        f"old: warns: DeprecationWarning: 'names' goes with augbench 2: use 'registry' ({where}:4)",
    ]


def test_a_plugin_that_exits_ends_nothing(site):
    site.install("bad", bad_plugin="import sys\nsys.exit(4)\n")
    assert failure(discover()).startswith("bad_plugin: import: SystemExit: 4")


def test_an_unknown_name_says_which_plugins_did_not_load(site):
    site.install("bad", bad_plugin="1 / 0\n")
    with pytest.raises(
        UnknownComponent, match=r"no augmenter called 'twist'.*; not loaded: bad_plugin: import: ZeroDivisionError: .*:1\)$"
    ):
        discover().resolve("augmenter", "twist")
    for name in ("worse", "worst"):
        site.install(name, **{f"{name}_plugin": "1 / 0\n"})
    with pytest.raises(UnknownComponent, match=r"; not loaded: bad_plugin, worse_plugin, worst_plugin \('bench plugins list' says why\)$"):
        discover().resolve("augmenter", "twist")


def test_a_clash_of_two_distributions_matters_only_when_the_name_is_used(site):
    site.install("first-mix", "1.0", first_plugin=GOOD)
    site.install("second-mix", "3.0", second_plugin=GOOD)
    registry = discover()
    assert registry.failures == []
    said = "augmenter 'twist' is registered by first-mix 1.0 and by second-mix 3.0; write 'twist@first-mix' or 'twist@second-mix' to choose"
    with pytest.raises(DuplicateName) as error:
        registry.resolve("augmenter", "twist")
    assert str(error.value) == said


def test_two_plugins_of_one_distribution_are_told_apart_by_their_names(site):
    site.install("mixes", first_plugin=GOOD, second_plugin=GOOD)
    with pytest.raises(DuplicateName, match="write 'twist@first_plugin' or 'twist@second_plugin' to choose"):
        discover().resolve("augmenter", "twist")


def test_the_first_copy_on_the_path_wins(site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    site.install("augbench-twist", "1.0", twist_plugin=GOOD)
    later = type(site)(tmp_path / "later")
    later.install("Augbench_Twist", "9.0", twist_plugin=GOOD.replace("Twist a picture", "Another"))
    monkeypatch.syspath_prepend(str(later.folder))
    monkeypatch.syspath_prepend(str(site.folder))
    found = [entry for entry in discover().entries if entry.name == "twist"]
    assert [(entry.summary, entry.origin.version) for entry in found] == [("Twist a picture", "1.0")]


@pytest.mark.parametrize("name", ["twist_plugin", "augbench-twist"])
def test_a_disabled_plugin_is_not_even_imported(site, name: str):
    site.install("augbench-twist", twist_plugin="raise RuntimeError\n")
    registry = discover(disabled=[name])
    assert registry.failures == []


def test_disabling_what_is_not_there_is_an_error():
    with pytest.raises(UnknownComponent, match=r"no plugin called 'augbench-plugin'; did you mean 'augbench-plugins'\?"):
        discover(disabled=["augbench-plugin"])


def test_the_order_does_not_depend_on_the_path(site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    site.install("zebra", zebra_plugin=GOOD)
    other = type(site)(tmp_path / "other")
    other.install("ant", ant_plugin=GOOD)
    orders = []
    for folder in (site.folder, other.folder):
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.syspath_prepend(str(other.folder))
        orders.append([entry.origin.distribution for entry in discover().entries if entry.name == "twist"])
    assert orders == [["ant", "zebra"]] * 2


SPEAKS_TWICE = """
    from augbench import hookimpl

    @hookimpl
    {}def {}:
        {}
"""


@pytest.mark.parametrize(
    ("head", "name", "body", "what"),
    [
        ("async ", "register(registry)", "registry.augmenter('twist', 'm:Twist')", "hook 'register' is async"),
        ("", "register(registry)", "yield registry.augmenter('twist', 'm:Twist')", "hook 'register' is a generator"),
        ("async ", "trial_finished(trial)", "pass", "hook 'trial_finished' is async"),
    ],
)
def test_a_hook_of_which_a_call_runs_nothing_is_listed(site, head: str, name: str, body: str, what: str):
    site.install("bad", bad_plugin=SPEAKS_TWICE.format(head, name, body))
    where = f"({site.folder / 'bad_plugin.py'}:4)"
    said = f"bad_plugin: signature: PluginValidationError: {what}, of which a call runs nothing; make it a plain function {where}"
    assert failure(discover()) == said


def test_notes_of_a_report_may_be_yielded(site):
    site.install("good", good_plugin=SPEAKS_TWICE.format("", "report_context(comparison)", "yield None"))
    assert discover().failures == []


@pytest.mark.parametrize("error", ["MemoryError", "GeneratorExit", "type('Odd', (BaseException,), {})"])
def test_whatever_is_raised_stops_no_other(site, error: str):
    site.install("bad", bad_plugin=f"raise {error}\n")
    assert failure(discover()).startswith("bad_plugin: import: ")


def test_an_interruption_says_which_plugin_it_took_too_long_for(site):
    site.install("bad", bad_plugin="\nraise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt) as interrupt:
        discover()
    said = f"plugin 'bad_plugin' was being imported ({site.folder / 'bad_plugin.py'}:2); AUGBENCH_NO_PLUGIN=bad_plugin leaves it out"
    assert interrupt.value.__notes__ == [said]


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("augmenter('x' * 101, 'm:Twist')", "'{}' is no name for a component: ".format("x" * 101)),
        ("augmenter(5, 'm:Twist')", "'5' is no name for a component: "),
        ("augmenter('twist', None)", "the target 'None' of augmenter 'twist' must read 'module:Class'"),
        ("augmenter('twist', 'm:Twist', 5)", "the summary of augmenter 'twist' is of type int, not a text"),
        ("entries.append('twist')", "register changes the registry's entries itself; call registry.augmenter(NAME, TARGET) and its like"),
    ],
)
def test_what_is_no_component_is_not_registered(site, call: str, why: str):
    site.install("bad", bad_plugin=f"from augbench import hookimpl\n\n@hookimpl\ndef register(registry):\n    registry.{call}\n")
    assert why in failure(discover())


def test_a_summary_is_one_line(site):
    site.install("good", good_plugin=GOOD.replace("Twist a picture", "Twist\\n a\\r picture"))
    assert next(entry.summary for entry in discover().entries if entry.name == "twist") == "Twist a picture"
