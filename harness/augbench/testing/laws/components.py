"""What a component of any kind obeys by itself."""

from __future__ import annotations

import inspect
import os
import pickle
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from augbench.config.shapes import REQUIRED, Leaf, Shapes
from augbench.config.single import component_from
from augbench.config.writing import written
from augbench.registry.collect import Registry
from augbench.registry.describe import parameters
from augbench.registry.discovery import discover
from augbench.registry.installed import GROUP
from augbench.registry.wording import bounds_in_words, in_toml, type_in_words
from augbench.testing.checking import Broken, NotApplicable, require
from augbench.testing.laws._bounds import outside
from augbench.testing.laws._exercised import compared, exercise, exercised
from augbench.testing.laws._importing import weighed
from augbench.testing.laws._written import as_table, in_matrix, shapes_of
from augbench.testing.randomness import watched
from augbench.testing.trees import difference
from augbench.values.components import Component, Facts, Reason, dashed
from augbench.values.errors import AugbenchError
from augbench.values.synthesis import Fit

_FACTS = Facts(
    shape=(3, 32, 32), classes=("a", "b", "c"), counts=(90, 40, 12), minority=("c",), batch_size=32, mix={"generated": 1.0, "mixed": 1.0},
    n={"c": 2}, bank_size={"c": 100},
)  # fmt: skip
_SANE = (
    _FACTS,
    Facts(shape=(1, 28, 28), classes=("a", "b"), counts=(2, 1), minority=("b",), batch_size=1),
    Facts(shape=(3, 8, 6), classes=("a", "b"), counts=(5, 5), minority=(), batch_size=7, mix={"originals": 1.0}, judged=False),
    Facts(shape=(4, 224, 224), classes=tuple("abcdefgh"), counts=(1000, 1, 1, 1, 1, 1, 1, 0), minority=("g", "h"), batch_size=256),
)
_MUTABLE = (list, dict, set, bytearray)


def check_defaults_construct(component: Component) -> None:
    """It can be named without parameters, and its defaults are of the types and within the bounds that it declares."""
    own = type(component)
    required = [dashed(name) for name, shape in shapes_of(own).items() if shape.default is REQUIRED]
    if required:
        raise NotApplicable(f"it requires {', '.join(required)}")
    try:
        plain = own()
    except AugbenchError as error:
        raise NotApplicable(f"without parameters it says: {error}") from error
    except (Exception, SystemExit) as error:
        raise Broken(f"{own.__name__}() raises {type(error).__name__}: {error}") from error
    for name, leaf in _leaves(own):
        value = getattr(plain, name)
        refusal = _refusal(leaf, value)
        require(not refusal, f"the default of {dashed(name)}, {in_toml(value)}, is refused: {refusal}")


def check_bounds_reject(component: Component) -> None:
    """A value outside the bounds, or the words, that a parameter declares is refused."""
    found = [(name, leaf, value) for name, leaf in _leaves(type(component)) for value in outside(leaf.annotation, getattr(component, name))]
    if not found:
        raise NotApplicable("no parameter declares bounds")
    for name, leaf, value in found:
        declared = bounds_in_words(leaf.annotation) or type_in_words(leaf.annotation)
        require(bool(_refusal(leaf, value)), f"{dashed(name)} = {in_toml(value)} is taken, although its type declares {declared}")


def check_works(component: Component) -> None:
    """All that it can do on small images of every allowed shape comes to an end without an error."""
    exercise(component)


def check_survives_its_own_toml(component: Component) -> None:
    """Written into a matrix and read again, it is the same and works alike: its parameters are all that it is made of."""
    try:
        text = in_matrix(component)
        read = component_from(text, component.kind, component.kind, Registry())
    except AugbenchError as error:
        raise Broken(str(error)) from error
    require(not (differs := difference(_settings(component), _settings(read))), f"{text} is read as another: {differs}")
    require(not (differs := compared(component, read)), f"{text} is read as one that gives other results: {differs}")


def check_docstrings_are_present(component: Component) -> None:
    """The class and each of its parameters have a docstring: they are its page in ``bench plugins show``."""
    own = type(component)
    # What a dataclass writes where nobody else did.
    automatic = f"{own.__name__}{inspect.signature(own)}".replace(" -> None", "")
    require(bool(own.__doc__) and own.__doc__ != automatic, f"class {own.__name__} has no docstring: say in one sentence what it does")
    try:
        inspect.getsource(own)
    except (OSError, TypeError):
        raise NotApplicable("Python keeps no text of it") from None
    silent = [parameter.name.replace("-", "_") for parameter in parameters(own) if not parameter.help.strip()]
    require(not silent, f"{', '.join(silent)} {'has' if len(silent) == 1 else 'have'} no docstring: write a string below the field")


def check_equal_by_value(component: Component) -> None:
    """Two components of equal parameters are equal and have one hash."""
    twin = _twin(component)
    require(component == twin, "a second one of the same parameters is not equal to it; leave out eq=False and __eq__")
    if any(map(_has_no_hash, _values(component))):
        raise NotApplicable("the value of a parameter has no hash, as tables have none")
    require(hash(component) == hash(twin), "a second one of the same parameters has another hash; leave out __hash__")


def check_no_value_can_change(component: Component) -> None:
    """No parameter holds what can be changed in place, such as a list, an array or a tensor: tuples and numbers cannot."""
    hints = get_type_hints(type(component), include_extras=False)
    for field in fields(component):  # type: ignore[arg-type]
        value = getattr(component, field.name)
        # A table of TOML; whoever reads the type cannot write to it.
        table = isinstance(value, dict) and _is_mapping(hints.get(field.name))
        kind = "" if table else _mutable(value)
        require(not kind, f"{dashed(field.name)} holds a {kind}: use {'Mapping' if kind == 'dict' else 'a tuple'}, and numbers")


def check_pickles(component: Component) -> None:
    """It travels to other processes: what comes out of pickle is the same and works alike."""
    try:
        copy = pickle.loads(pickle.dumps(component))
    except (Exception, SystemExit) as error:
        raise Broken(f"pickle raises {type(error).__name__}: {error}") from error
    differs = difference(_settings(component), _settings(copy))
    require(not differs, f"what comes out of pickle is another: {differs}")
    differs = compared(component, copy)
    require(not differs, f"what comes out of pickle gives other results: {differs}")


def check_repeats_itself(component: Component) -> None:
    """Done twice from equal streams of random numbers, its work gives the same bits twice."""
    differs = difference(exercised(component), exercise(component))
    require(not differs, f"the second time it gives other results: {differs}; draw from the rng that is passed in, and remember nothing")


def check_global_random_states(component: Component) -> None:
    """It leaves every global random state as it was: Python's, NumPy's, torch's on each device."""
    exercised(component)
    with watched() as changed:
        exercise(component)
        streams = changed()
    require(not streams, f"it draws from, or seeds, {' and '.join(streams)} global stream; draw from the rng that is passed in")


def check_registration_is_light(component: Component) -> None:
    """Registering it imports nothing heavy: every start of bench would wait for it."""
    weight, module = _weight(component), _registering(type(component))
    require(not weight.registering, f"importing {module} brings along {', '.join(weight.registering)}; register 'module:Class' instead")


def check_its_module_is_light(component: Component) -> None:
    """Its own module imports nothing heavy before it works, so that a matrix is read at once."""
    weight = _weight(component)
    extra = [name for name in weight.own if name not in weight.registering]
    require(not extra, f"importing {type(component).__module__} brings along {', '.join(extra)}; import within the methods instead")


def check_supports_answers(component: Component) -> None:
    """``supports`` returns a Reason or None for any data set, and never raises."""
    for facts in _SANE:
        try:
            answer = component.supports(facts)
        except (Exception, SystemExit) as error:
            raise Broken(f"supports({facts}) raises {type(error).__name__}: {error}") from error
        kept = answer is None or isinstance(answer, Reason)
        require(kept, f"supports({facts}) returns {answer!r}; return None, or augbench.Reason of one sentence")


def check_presets_are_valid(component: Component) -> None:
    """Its presets hold parameters that it has, and ``fit`` fields, with values that it takes."""
    presets = type(component).presets
    if not presets:
        raise NotApplicable("it has no presets")
    for name, preset in presets.items():
        fault = _preset_fault(component, name, preset) or _fit_fault(preset.get("fit", {}))
        require(not fault, f"the preset '{name}' is refused: {fault}")


def _preset_fault(component: Component, name: str, preset: Mapping[str, Any]) -> str:
    """Say why a preset cannot be used, neither over what is required alone nor over all that this component is; or nothing."""
    shapes, registry, fault = shapes_of(type(component)), discover(), ""
    required = {dashed(own) for own, field in shapes.items() if field.default is REQUIRED}
    table = {key: value for key, value in as_table(component).items() if key == "use" or key not in map(dashed, preset)}
    for keys in ({"use", *required}, set(table)):
        try:
            text = written({key: value for key, value in table.items() if key in keys} | {"preset": name})
            component_from(text, component.kind, component.kind, registry)
        except AugbenchError as error:
            fault = fault or str(error)
        else:
            return ""
    return fault


def _settings(value: Any) -> Any:
    """Return a component as plain values, paths as they lie on this machine, however it compares itself."""
    if is_dataclass(value) and not isinstance(value, type):
        return {"class": type(value).__qualname__, **{field.name: _settings(getattr(value, field.name)) for field in fields(value)}}
    if isinstance(value, Path):
        return os.path.abspath(value.expanduser())
    if isinstance(value, Mapping):
        return {key: _settings(item) for key, item in value.items()}
    return tuple(map(_settings, value)) if isinstance(value, list | tuple) else value


def _leaves(own: type) -> Iterator[tuple[str, Leaf]]:
    return ((name, field.shape) for name, field in shapes_of(own).items() if isinstance(field.shape, Leaf))


def _refusal(leaf: Leaf, value: Any) -> str:
    """Return why the harness refuses a value; empty where it takes it."""
    from pydantic import ValidationError

    try:
        Shapes().check(leaf, value)
    except ValidationError as error:
        return "; ".join(fault["msg"] for fault in error.errors(include_url=False))
    except (TypeError, ValueError) as error:
        raise Broken(f"its types make no sense: {error}") from error
    return ""


def _fit_fault(fit: Mapping[str, Any]) -> str:
    known = Shapes().table(Fit).fields
    for key, value in fit.items():
        if dashed(key) not in known:
            return f"there is no fit.{key}"
        shape = known[dashed(key)].shape
        if isinstance(shape, Leaf) and (refusal := _refusal(shape, value)):
            return f"fit.{key} = {in_toml(value)}: {refusal}"
    return ""


def _twin(component: Component) -> Component:
    """Return another of the same parameters, whatever its class does when it is made."""
    twin: Component = object.__new__(type(component))
    for field in fields(component):  # type: ignore[arg-type]
        object.__setattr__(twin, field.name, getattr(component, field.name))
    return twin


def _values(component: Component) -> Iterator[Any]:
    return (getattr(component, field.name) for field in fields(component))  # type: ignore[arg-type]


def _has_no_hash(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return True
    return False


def _mutable(value: Any) -> str:
    """Return the type of a value, or of one within it, that can be changed in place; empty where there is none."""
    if isinstance(value, _MUTABLE) or (hasattr(value, "dtype") and hasattr(value, "__setitem__")):
        return type(value).__name__
    return next(filter(None, map(_mutable, value)), "") if isinstance(value, tuple) else ""


def _is_mapping(hint: Any) -> bool:
    return any(origin is not dict and isinstance(origin, type) and issubclass(origin, Mapping) for origin in _origins(hint))


def _origins(hint: Any) -> Iterator[Any]:
    yield get_origin(hint)
    yield from (get_origin(part) for part in getattr(hint, "__args__", ()))


def _weight(component: Component) -> Any:
    own = type(component)
    if own.__module__ == "__main__":
        raise NotApplicable("it is of no module that could be imported")
    file = str(getattr(sys.modules.get(own.__module__), "__file__", None) or "")
    weight = weighed(_registering(own), own.__module__, file)
    if weight.error:
        raise NotApplicable(f"its module cannot be imported by itself: {weight.error}")
    return weight


def _registering(own: type) -> str:
    """Name the module that registers a class: an entry point's of its package, or the package."""
    package = own.__module__.partition(".")[0]
    modules = {point.module for point in entry_points(group=GROUP)}
    return next((module for module in sorted(modules) if module.partition(".")[0] == package), package)
