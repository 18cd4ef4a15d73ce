"""Tell which plugin a name would come from that is broken or left out, without running anything of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from augbench.registry.digest import source_of
from augbench.registry.entries import Failure, LeftOut
from augbench.values.errors import placed


def promises(kind: str, name: str, failures: Iterable[Failure], left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Say of each plugin that would register a name why it does not: by what its module's text says, which need not even parse."""
    for failure in failures:
        if _registers(failure.module, kind, name):
            yield f"it comes with plugin '{failure.origin.plugin}', which does not load: {failure.reason}{placed(failure.place)}"
    for plugin in left_out:
        if _registers(plugin.module, kind, name):
            yield f"it comes with plugin '{plugin.origin.plugin}', which {plugin.by} leaves out"


def _registers(module: str, kind: str, name: str) -> bool:
    with suppress(OSError, ValueError):
        text, _ = source_of(module)
        family, slash, _ = name.partition("/")
        quoted = rf"['\"]{re.escape(family)}['\"]"
        call = rf"\.family\(\s*['\"]{kind}['\"],\s*{quoted}" if slash else rf"\.{kind}\(\s*{quoted}"
        return text is not None and re.search(call, text) is not None
    return False
