"""Every key and value of a document is found where it stands."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from augbench.config.spans import DEPTH, TooDeep, depth_exceeded, spans

_KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,4}", fullmatch=True),
    st.sampled_from(['"a b"', '"a.b"', "'x\"y'", '"\\u00e9#"', '"="', "'[z]'", '""']),
)
_PLAIN = ["1", "-2.5e3", "true", "inf", "0x1f", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", "07:32:00"]
_QUOTED = ['"s"', "'#]}'", '"\\"]#"', '""', '"""a\n"b" ]"""', "'''x'\n'''", '"""\\""""', '""""q""""', "''''''"]
_SCALARS = st.sampled_from([*_PLAIN, *_QUOTED])
_GAP = st.sampled_from(["", " ", "\t"])
_LINES = st.sampled_from(["", " ", "\n", " # it's ] }\n", "\n\n "])


@st.composite
def _arrays(draw, values):
    items = draw(st.lists(values, max_size=3))
    text = ",".join(f"{draw(_LINES)}{item}{draw(_LINES)}" for item in items)
    comma = "," if items and draw(st.booleans()) else ""
    return f"[{text}{comma}{draw(_LINES)}]"


@st.composite
def _inline(draw, values):
    keys = draw(st.lists(_KEYS, max_size=3, unique_by=_name))
    return "{" + ",".join(f"{draw(_GAP)}{key}{draw(_GAP)}={draw(_GAP)}{draw(values)}{draw(_GAP)}" for key in keys) + "}"


def _name(key):
    return next(iter(tomllib.loads(f"{key} = 1")))


_VALUES = st.recursive(_SCALARS, lambda values: st.one_of(_arrays(values), _inline(values)), max_leaves=8)


@st.composite
def _documents(draw):
    lines = []
    for _ in range(draw(st.integers(0, 6))):
        key = f"{draw(_GAP)}.{draw(_GAP)}".join(draw(st.lists(_KEYS, min_size=1, max_size=3)))
        shape = draw(st.sampled_from(["pair", "pair", "pair", "[]", "[[]]"]))
        text = f"{key} = {draw(_VALUES)}" if shape == "pair" else f"{shape[: len(shape) // 2]}{key}{shape[len(shape) // 2 :]}"
        lines.append(f"{draw(_GAP)}{text}{draw(st.sampled_from(['', ' # c', '  ']))}")
    return "\n".join(lines)


def _paths(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield (*path, key), child
        yield from _paths(child, (*path, key))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(_documents())
def test_every_path_that_tomllib_yields_is_found_with_its_own_text(text):
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = spans(text)
    wanted = dict(_paths(document))
    assert set(found) == set(wanted)
    for path, value in wanted.items():
        span = found[path]
        if isinstance(path[-1], str):
            assert _name(text[span.key : span.key_end]) == path[-1]
        if span.value != span.key:
            assert repr(tomllib.loads(f"v = {text[span.value : span.end]}")["v"]) == repr(value)


def test_items_of_arrays_of_tables_have_places_of_their_own():
    text = "[[a]]\nx = 1\n[[a.b]]\ny = 2\n[[a]]\n[a.c]\nz = 3\n[[a.b]]\ny = 4\n"
    found = spans(text)
    assert {path: text.count("\n", 0, span.key) + 1 for path, span in found.items() if isinstance(path[-1], str) and len(path) > 1} == {
        ("a", 0, "x"): 2,
        ("a", 0, "b"): 3,
        ("a", 0, "b", 0, "y"): 4,
        ("a", 1, "c"): 6,
        ("a", 1, "c", "z"): 7,
        ("a", 1, "b"): 8,
        ("a", 1, "b", 0, "y"): 9,
    }
    assert text.count("\n", 0, found["a", 1].key) + 1 == 5


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 65 + "]" * 65, "a." * 70 + "b = 1", "[" + "a." * 70 + "b]", "a = " + "{a = " * 70 + "1" + "}" * 70]
)
def test_deep_nesting_is_refused_not_followed(text):
    tomllib.loads(text)
    with pytest.raises(TooDeep):
        spans(text)


def test_the_bracket_that_is_too_deep_is_found_in_any_text():
    assert depth_exceeded("a = '[[' # [[\nb = " + "[" * 5000) == len("a = '[[' # [[\nb = ") + DEPTH
    assert depth_exceeded("a = [1]") == 0
