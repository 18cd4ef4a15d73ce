"""What the parts of a new plugin are called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING

from augbench.values.scaffold_errors import BadPluginName

if TYPE_CHECKING:
    from augbench.registry.collect import Registry
    from augbench.registry.entries import Entry

PREFIX = "augbench-"
_LONGEST = 32
"""Letters of a name: its lines of code stay within 120."""
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names that follow from a component's."""

    component: str
    """As a matrix writes it: ``flip-mix``."""

    @property
    def distribution(self) -> str:
        """Return what is installed: ``augbench-flip-mix``."""
        return f"{PREFIX}{self.component}"

    @property
    def package(self) -> str:
        """Return what is imported: ``augbench_flip_mix``."""
        return self.distribution.replace("-", "_")

    @property
    def module(self) -> str:
        """Return the component's module within the package: ``flip_mix``."""
        return self.component.replace("-", "_")

    @property
    def class_name(self) -> str:
        """Return the component's class: ``FlipMix``."""
        return "".join(map(str.capitalize, self.component.split("-")))

    @property
    def words(self) -> str:
        """Return the name as a title: ``Flip-mix``."""
        return self.component.capitalize()


def names(name: str, kind: str, registry: Registry) -> Names:
    """Return the names of a new plugin; ``augbench-flip-mix`` and ``flip-mix`` mean the same.

    Raise ``BadPluginName`` for a name that no plugin can have, or that another component of its kind has.
    """
    found = Names(component=name.removeprefix(PREFIX))
    if why := _fault(found, kind, registry):
        raise BadPluginName(name, why)
    return found


def _fault(found: Names, kind: str, registry: Registry) -> str:
    if not _NAME.fullmatch(found.component) or len(found.component) > _LONGEST:
        return f"write at most {_LONGEST} small letters and digits, in words joined by '-', a letter first, such as flip-mix"
    if iskeyword(found.module) or iskeyword(found.class_name):
        return f"'{found.module if iskeyword(found.module) else found.class_name}' is a word of Python; choose another"
    for entry in registry.entries:
        if (entry.kind, entry.name) == (kind, found.component) and entry.origin.distribution != found.distribution:
            return f"there is {_article(entry)} called '{entry.name}'; choose another"
        if entry.origin.built_in and entry.package == found.package:
            return f"augbench has a package '{found.package}' of its own; choose another"
    return ""


def _article(entry: Entry) -> str:
    if entry.origin.built_in:
        return f"a built-in {entry.kind}"
    return f"{'an' if entry.kind[0] in 'aeiou' else 'a'} {entry.kind} from {entry.origin}"
