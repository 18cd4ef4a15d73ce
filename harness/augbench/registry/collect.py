"""Collect components under names, without importing what they point at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from augbench.registry.absent import absent
from augbench.registry.clashes import Clash
from augbench.registry.entries import Entry, Failure, Hooked, LeftOut, Note, Origin, Resolved, package_of
from augbench.registry.installed import same
from augbench.registry.loading import load, members
from augbench.values.components import KINDS, Component, class_address
from augbench.values.errors import UnknownComponent

_BUILT_IN = Origin(plugin="augbench", distribution="augbench")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")


@dataclass
class Registry:
    """What a plugin's ``register`` hook is handed: one method a kind, and ``family`` for names such as ``timm/NAME``.

    A target is ``"module:Class"``, imported when a matrix asks for it, or the class itself.  A name has letters, digits, ``-``, ``_``
    and ``.``; a summary is the line of ``bench plugins list``.  Raise ``ValueError`` for what cannot be registered.
    """

    origin: Origin = _BUILT_IN
    entries: list[Entry] = field(default_factory=list)
    """In the order of registration; a name may stand here twice, from two plugins."""
    failures: list[Failure] = field(default_factory=list)
    """Plugins that could not be used."""
    left_out: list[LeftOut] = field(default_factory=list)
    """Plugins that somebody left out."""
    notes: list[Note] = field(default_factory=list)
    """What should be known of plugins that work."""
    hooked: list[Hooked] = field(default_factory=list)
    """Plugins that work, and what they listen to."""
    recorded: dict[tuple[str, str], str] = field(default_factory=dict)
    """Where a run that was made before had components from, by kind and name."""
    _own: set[tuple[str, str, bool, Origin]] = field(default_factory=set, repr=False)
    """Kind, name, whether it is a family, and origin of what was registered here."""

    def dataset(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a source of labelled images."""
        self.add("dataset", name, target, summary)

    def resize(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a way to bring images to one size."""
        self.add("resize", name, target, summary)

    def generator(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add something that learns images and draws new ones."""
        self.add("generator", name, target, summary)

    def augmenter(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add something that makes one image of one or several."""
        self.add("augmenter", name, target, summary)

    def sampler(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a way to compose batches."""
        self.add("sampler", name, target, summary)

    def loss(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add what a classifier minimises."""
        self.add("loss", name, target, summary)

    def backbone(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a classifier's network."""
        self.add("backbone", name, target, summary)

    def optimizer(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a way to update weights."""
        self.add("optimizer", name, target, summary)

    def schedule(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a course of the learning rate."""
        self.add("schedule", name, target, summary)

    def adjustment(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a correction of predictions after training."""
        self.add("adjustment", name, target, summary)

    def features(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a frozen network that generated images are judged by."""
        self.add("features", name, target, summary)

    def metric(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a score of predictions."""
        self.add("metric", name, target, summary)

    def test(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a statistical test of a difference."""
        self.add("test", name, target, summary)

    def report(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a format of the report."""
        self.add("report", name, target, summary)

    def executor(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add a place where stages run."""
        self.add("executor", name, target, summary)

    def observer(self, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add something that follows runs."""
        self.add("observer", name, target, summary)

    def family(self, kind: str, name: str, target: str | type[Component], summary: str = "") -> None:
        """Add one class for many names: ``name/NAME`` fills its field ``name``.

        A classmethod ``names() -> Sequence[str]`` on the class, where there is one, tells an unknown NAME at once.
        """
        self.add(kind, name, target, summary, family=True)

    def names(self, kind: str) -> list[str]:
        """Return what a matrix may write for a kind, sorted; a family is listed as ``timm/NAME``."""
        return sorted({entry.address for entry in self.entries if entry.kind == kind})

    def find(self, use: str) -> tuple[Entry, ...]:
        """Return the entries that a command line means: ``name``, ``kind:name``, each also with ``@distribution``."""
        kind, colon, rest = use.partition(":")
        kinds, name = ((kind,), rest) if colon and kind in KINDS else (KINDS, use)
        found = [entry for wanted in kinds for entry in self.named(wanted, name.partition("/")[0])]
        return tuple(entry for entry in found if "/" not in name or entry.family)

    def name_of(self, component: type) -> str:
        """Return the name under which a class is registered, or ``module:Class``."""
        return self.called(class_address(component))

    def entry_of(self, component: type) -> Entry | None:
        """Return the entry of a class; the first, where it has several names."""
        reference = class_address(component)
        return next((entry for entry in self.entries if entry.reference == reference), None)

    def called(self, target: str) -> str:
        """Return the name of ``module:Class``, which need not exist any more, or the same again."""
        return next((entry.name for entry in self.entries if entry.reference == target), target)

    def resolve(self, kind: str, use: str) -> Resolved:
        """Import the component that a matrix names.

        ``use`` is a name, ``name@distribution``, ``family/NAME``, ``module:Class``; ``kind:`` may stand before a name.
        Raise ``UnknownComponent``, ``DuplicateName`` (only here: an unused clash harms nobody) or ``BrokenComponent``.
        """
        prefix, colon, rest = use.partition(":")
        # A module may well be called like a kind; a class begins with a capital letter.
        if colon and prefix in KINDS and (self.named(prefix, rest.partition("/")[0]) or not rest[:1].isupper()):
            if prefix != kind:
                raise UnknownComponent(
                    kind, use, (), [f"'{prefix}:' names a component of kind {prefix}, and here stands one of kind {kind}"]
                )
            return self.resolve(kind, rest)
        if "/" in use:
            return self._member(kind, use)
        if _TARGET.fullmatch(use):
            entry = Entry(kind=kind, name=use, target=use, summary="", origin=_origin_of(use))
        else:
            entry = self._only(kind, use, [entry for entry in self.named(kind, use) if not entry.family])
        return Resolved(entry=entry, component=load(entry), implied={})

    def _member(self, kind: str, use: str) -> Resolved:
        family, _, member = use.partition("/")
        member, _, distribution = member.partition("@")
        qualified = f"{family}@{distribution}" if distribution else family
        entry = self._only(kind, use, [entry for entry in self.named(kind, qualified) if entry.family])
        component = load(entry)
        if (known := members(entry, component)) is not None and member not in known:
            raise UnknownComponent(kind, use, [f"{family}/{name}" for name in known])
        return Resolved(entry=entry, component=component, implied={"name": member})

    def named(self, kind: str, name: str) -> list[Entry]:
        """Return the entries of a kind and name, of a family without its member, if need be with ``@distribution`` or ``@plugin``."""
        plain, _, wanted = name.partition("@")
        found = [entry for entry in self.entries if (entry.kind, entry.name) == (kind, plain)]
        return [entry for entry in found if not wanted or same(wanted) == same(entry.origin.distribution) or wanted == entry.origin.plugin]

    def _only(self, kind: str, use: str, found: list[Entry]) -> Entry:
        if not found:
            raise absent(self, kind, use)
        if len(found) > 1:
            raise Clash(tuple(found)).error()
        return found[0]

    def add(self, kind: str, name: str, target: str | type, summary: str, *, family: bool = False) -> None:
        """Add a component of a kind, or a family of them.  Raise ``ValueError`` for what cannot be registered."""
        if kind not in KINDS:
            raise ValueError(f"there is no kind '{kind}'; the kinds are {', '.join(KINDS)}")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError(
                f"'{name}' is no name for a component: use letters, digits, '_', '.' and '-', 100 at most and a letter or digit first"
            )
        if not isinstance(target, type) and not (isinstance(target, str) and _TARGET.fullmatch(target)):
            raise ValueError(f"the target '{target}' of {kind} '{name}' must read 'module:Class'")
        if not isinstance(summary, str):
            raise ValueError(f"the summary of {kind} '{name}' is of type {type(summary).__name__}, not a text")
        entry = Entry(kind=kind, name=name, target=target, summary=" ".join(summary.split()), origin=self.origin, family=family)
        own = kind, name, family, self.origin
        if own in self._own:
            raise ValueError(f"{kind} '{name}' is registered twice by one plugin")
        self._own.add(own)
        self.entries.append(entry)


def _origin_of(target: str) -> Origin:
    package = package_of(target)
    return Origin(plugin=package, distribution=package)
