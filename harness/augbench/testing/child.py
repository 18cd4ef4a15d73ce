"""The process in which a component is judged: ``python -m augbench.testing.child DUMP``, a job on stdin, messages on stdout."""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from augbench.testing.apart import TIMEOUT, Job, Lost, Refused
from augbench.values.components import Component, Kind
from augbench.values.errors import AugbenchError, BrokenComponent, ConfigError

_exit = os._exit


def main() -> None:
    """Judge, and tell of each check on a line."""
    told, dump = _own_stdout(), open(sys.argv[1], "w")  # noqa: SIM115 - open to the end, whatever that is
    said = json.load(sys.stdin)
    sys.path[:] = said.pop("path")
    job = Job(**said | {"lost": tuple(Lost(**lost) for lost in said["lost"])})
    faulthandler.enable(dump)
    _tell_of_exits(dump)
    for what, about in _messages(job, dump):
        told.write(json.dumps({"what": what, "about": about}) + "\n")
        told.flush()
    # Threads that a plugin has left behind would keep the process.
    _exit(0)


def _tell_of_exits(dump: IO[str]) -> None:
    """Write down where the process is ended by somebody who asks nobody."""

    def ended(status: int) -> None:
        faulthandler.dump_traceback(dump)
        _exit(status)

    os._exit = ended  # type: ignore[assignment]


def _own_stdout() -> IO[str]:
    """Keep stdout for messages; what anybody prints goes where complaints go."""
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return kept


def _messages(job: Job, dump: IO[str]) -> Iterator[tuple[str, Any]]:
    _watch(max(job.timeout, TIMEOUT), dump)
    if not job.use:
        _import(job, dump)
        yield "end", None
        return
    try:
        component = _built(job)
    except BrokenComponent as error:
        yield "refused", asdict(Refused(what="broken", why=str(error)))
    except ConfigError as error:
        # Where it stands in what was typed is clear.
        yield "refused", asdict(Refused(what="unbuilt", why="; ".join(problem.message for problem in error.problems)))
    except AugbenchError as error:
        yield "refused", asdict(Refused(what="unbuilt", why=str(error)))
    else:
        yield from _judged(component, job, dump)
        yield "end", None
    faulthandler.cancel_dump_traceback_later()


def _import(job: Job, dump: IO[str]) -> None:
    """Import what is named, and nothing else, to see whether that comes to an end."""
    from augbench.registry.collect import Registry
    from augbench.registry.local import load_local

    _watch(job.timeout, dump)
    # Whoever imports it next tells what else is wrong with it.
    with suppress(AugbenchError):
        load_local(Registry(), tuple(job.plugins), Path())
    faulthandler.cancel_dump_traceback_later()


def _built(job: Job) -> Component:
    from augbench.config.single import component_from
    from augbench.registry.discovery import discover
    from augbench.registry.local import load_local

    registry = discover()
    load_local(registry, tuple(job.plugins), Path())
    if not job.use.lstrip().startswith("{"):
        # Whether the class or its parameters are at fault makes a difference to whoever asked for a whole distribution.
        registry.resolve(job.kind, job.use)
    return component_from(job.use, cast("Kind", job.kind), job.kind, registry, job.sets)


def _judged(component: Component, job: Job, dump: IO[str]) -> Iterator[tuple[str, Any]]:
    from augbench.registry.describe import parameters
    from augbench.registry.remarks import remarks
    from augbench.testing.checking import checks_of, judge, label, taken
    from augbench.testing.sealing import Seals

    every, seals = {check.name: check for check in checks_of(component.kind)}, Seals()
    wanted = [check for check in every.values() if (job.house or not check.house) and (job.checks is None or check.name in job.checks)]
    for lost in job.lost:
        seals.close(lost.dump, type(component), f"it does not work as it is: {lost.why}")
    # Here and not where it was lost: only this process knows the component's code.
    yield "checks", [*(lost.check for lost in job.lost[-1:]), *(check.name for check in wanted)]
    for lost in job.lost[-1:]:
        yield "verdict", asdict(taken(every[lost.check], component, lost, job.expected_failures.get(lost.check)))
    noted = remarks(type(component), parameters(type(component)))
    for check in wanted:
        yield "began", {"component": label(component), "check": check.name, "law": check.law, "remarks": noted}
        _watch(job.timeout, dump)
        expected = {name: reason for name, reason in job.expected_failures.items() if name == check.name}
        seals.reached.clear()
        for verdict in judge(component, [check], expected):
            yield "verdict", asdict(seals.judged(verdict))


def _watch(seconds: float, dump: IO[str]) -> None:
    """Write down where every thread is, and end, once the next step takes too long: a thread of C does it, whatever holds Python."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=dump)


if __name__ == "__main__":
    main()
