"""The process in which a component is judged: ``python -m augbench.testing.child DUMP``, a job on stdin, messages on stdout."""

from __future__ import annotations

import faulthandler
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from augbench.testing.apart import TIMEOUT, Job, Lost, Refused
from augbench.values.components import Component, Kind
from augbench.values.errors import AugbenchError, BrokenComponent, ConfigError


def main() -> None:
    """Judge, and tell of each check on a line."""
    told, dump = _own_stdout(), open(sys.argv[1], "w")  # noqa: SIM115 - open to the end, whatever that is
    said = json.load(sys.stdin)
    sys.path[:] = said.pop("path")
    lost = said.pop("lost")
    job = Job(**said, lost=Lost(**lost) if lost else None)
    faulthandler.enable(dump)
    for what, about in _messages(job, dump):
        told.write(json.dumps({"what": what, "about": about}) + "\n")
        told.flush()
    # Threads that a plugin has left behind would keep the process.
    os._exit(0)


def _own_stdout() -> IO[str]:
    """Keep stdout for messages; what anybody prints goes where complaints go."""
    kept = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return kept


def _messages(job: Job, dump: IO[str]) -> Iterator[tuple[str, Any]]:
    _watch(max(job.timeout, TIMEOUT), dump)
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
    from augbench.testing.checking import checks_of, judge, label, taken

    every = {check.name: check for check in checks_of(component.kind)}
    wanted = [check for check in every.values() if (job.house or not check.house) and (job.checks is None or check.name in job.checks)]
    if job.lost:
        # Here and not where it was lost: only this process knows the component's code.
        yield "checks", [job.lost.check, *(check.name for check in wanted)]
        reason = job.expected_failures.get(job.lost.check)
        yield "verdict", asdict(taken(every[job.lost.check], component, job.lost, reason))
    else:
        yield "checks", [check.name for check in wanted]
    for check in wanted:
        yield "began", {"component": label(component), "check": check.name, "law": check.law}
        _watch(job.timeout, dump)
        expected = {name: reason for name, reason in job.expected_failures.items() if name == check.name}
        for verdict in judge(component, [check], expected):
            yield "verdict", asdict(verdict)


def _watch(seconds: float, dump: IO[str]) -> None:
    """Write down where every thread is, and end, once the next step takes too long: a thread of C does it, whatever holds Python."""
    faulthandler.dump_traceback_later(seconds, exit=True, file=dump)


if __name__ == "__main__":
    main()
