"""What can be wrong with an installed plugin: every wording of a failure that is not Python's own is made here."""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType

from augbench.values.errors import AugbenchError, placed, reason


class UnreadableMetadata(AugbenchError):
    """What a distribution says of itself makes no sense."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(f"its metadata cannot be read: {reason(error)}; install it again")


class NamesNoModule(AugbenchError):
    """An entry point has no module."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"'{name} = {value}' names no module; write '{name} = PACKAGE', the module that holds register")


class TwoModules(AugbenchError):
    """A distribution gives one name to two plugins."""

    def __init__(self, name: str, first: str, second: str) -> None:
        super().__init__(f"'{name}' names both '{first}', which is used, and '{second}', which is not; give each plugin a name of its own")


class OtherVersion(AugbenchError):
    """A plugin was written for another augbench."""

    def __init__(self, distribution: str, requirement: str, version: str) -> None:
        super().__init__(
            f"{distribution} requires {requirement}, and this is augbench {version}; install a version of it that goes with this one"
        )


class NoModule(AugbenchError):
    """An entry point names something that is no module."""

    def __init__(self, value: str, found: object) -> None:
        what = (
            "a class"
            if isinstance(found, type)
            else "a function"
            if isinstance(found, FunctionType)
            else f"a value of type {type(found).__name__}"
        )
        super().__init__(f"the entry point '{value}' names {what}; name the module that holds register: '{value.partition(':')[0]}'")


class NoHook(AugbenchError):
    """A plugin does nothing."""

    def __init__(self, *, unmarked: bool, offers: bool) -> None:
        mend = (
            "write @augbench.hookimpl above register" if unmarked else "write a function register(registry) and @augbench.hookimpl above it"
        )
        none = ", and no class is a component" if offers and not unmarked else ""
        super().__init__(f"no function is marked with @augbench.hookimpl{none}; {mend}")


class OddEntries(AugbenchError):
    """A plugin puts something else than components into a registry."""

    def __init__(self) -> None:
        super().__init__("register changes the registry's entries itself; call registry.augmenter(NAME, TARGET) and its like")


class LostImport(AugbenchError):
    """A file or a module takes the process along that imports it."""

    def __init__(self, reference: str, why: str, where: str) -> None:
        super().__init__(f"plugin '{reference}' does not load: {why}{placed(where)}")


class NothingToCheck(AugbenchError):
    """A plugin or a distribution has no component."""

    def __init__(self, name: str, failures: Sequence[object]) -> None:
        why = f", because it is not loaded: {'; '.join(map(str, failures))}" if failures else ", and nothing else is checked"
        super().__init__(f"'{name}' registers no component{why}")


class PluginRaises(AugbenchError):
    """A plugin's code raises where nobody expects it to."""

    def __init__(self, error: BaseException, where: str) -> None:
        super().__init__(f"a plugin fails: {reason(error)} ({where}); mend it, or do without ('bench --debug' shows the traceback)")


class AmbiguousVerb(AugbenchError):
    """Plugins of two distributions add one verb."""

    def __init__(self, name: str, qualified: Sequence[str]) -> None:
        choices = " or ".join(f"'bench {each}'" for each in qualified)
        super().__init__(f"several plugins have a verb '{name}'; write {choices}")


class NoCommand(AugbenchError):
    """A plugin's verb is nothing that could be run."""

    def __init__(self, name: str, origin: str, value: str, found: object) -> None:
        super().__init__(
            f"verb '{name}' from {origin}: '{value}' is of type {type(found).__name__}; name a typer.Typer or a command of click"
        )
