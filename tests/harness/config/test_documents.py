"""What is no matrix file gets one clear message."""

import os

import pytest

from augbench.config import documents
from augbench.config.findings import Findings
from augbench.config.source import Source, parse
from augbench.values.errors import ConfigError, MissingFile


def _refusal(path, raw):
    path.write_bytes(raw)
    with pytest.raises(ConfigError) as refused:
        documents.load(path, Findings())
    (problem,) = refused.value.problems
    return problem


@pytest.mark.parametrize(
    ("raw", "message", "line", "column"),
    [
        (b"a = \n", "not valid TOML: invalid value", 1, 5),
        (b"a = 1\nb = 'x\n", "not valid TOML: ", 2, 6),
        (b'a = "x\n', "not valid TOML: illegal character '\\n'", 1, 7),
        (b"a = [1,\n", "not valid TOML: ", 1, 7),
        (b"a = 1\na = 2\n", "not valid TOML: cannot overwrite a value", 2, 6),
        (b"[a\n", "not valid TOML: expected ']' at the end of a table declaration", 1, 3),
        (b"a = " + b"9" * 5000, "not valid TOML: exceeds the limit (4300 digits) for integer string conversion", 1, 1),
        (b"x = 1\na = " + b"[" * 3000, "tables and lists are nested more than 64 deep", 2, 69),
        (b"x = 1\na = " + b"[" * 70 + b"]" * 70, "tables and lists are nested more than 64 deep", 2, 68),
        (b"\xef\xbb\xbfa = 1\n", "the file starts with a byte order mark", 1, 1),
        (b"a = 1\nb = '\xe9\xff'\n", "not UTF-8: byte 0xe9", 2, 6),
        (b"\xff\xfea\x00", "not UTF-8: byte 0xff", 1, 1),
        (b"a = '\x00'", "not valid TOML: ", 1, 6),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_place(tmp_path, raw, message, line, column):
    problem = _refusal(tmp_path / "m.toml", raw)
    assert problem.message.startswith(message)
    assert (problem.where.file, problem.where.line, problem.where.column) == (str(tmp_path / "m.toml"), line, column)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(MissingFile, match=r"no matrix file at '.*m\.toml'; name one with --matrix FILE"):
        documents.load(tmp_path / "m.toml", Findings())


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot read the matrix file '.*': it is a folder"):
        documents.load(tmp_path, Findings())


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path):
    (tmp_path / "m.toml").touch(mode=0)
    with pytest.raises(ConfigError, match=r"cannot read the matrix file '.*': Permission denied"):
        documents.load(tmp_path / "m.toml", Findings())


def test_lines_count_the_same_with_carriage_returns(tmp_path):
    (tmp_path / "m.toml").write_bytes(b"a = 1\r\nb = [\r\n 2]\r\n")
    root = documents.load(tmp_path / "m.toml", Findings()).roots[0]
    where = root.value["b"].value[0].origin.value
    assert (where.line, where.column, where.source) == (3, 2, " 2]")


def test_a_node_knows_the_places_of_key_and_value(tmp_path):
    root = parse(Source("f", "[a.b]\nkey = 'value' # c\n", tmp_path))
    origin = root.value["a"].value["b"].value["key"].origin
    assert (str(origin.key), origin.key.width, str(origin.value), origin.value.width) == ("f:2:1", 3, "f:2:7", 7)
    assert origin.key.source == "key = 'value' # c"


@pytest.mark.parametrize(
    ("text", "value", "column"),
    [("a.b=1", 1, 5), ("a.b = [1, 2]", (1, 2), 7), ("a.b=x y", "x y", 5), ("a.'b'=", "", 7), ("a.b='q'", "q", 5), ("a.b=1=2", "1=2", 5)],
)
def test_assignments_are_toml_or_else_bare_strings(text, value, column):
    findings = Findings()
    (root,) = documents.assignments(documents.said([text]), findings)
    findings.raise_any()
    node = root.value["a"].value["b"]
    assert (node.plain(), node.origin.value.column, node.origin.value.source) == (value, column, text)


def test_the_text_holds_what_is_extended_too(tmp_path):
    (tmp_path / "base.toml").write_text("a = 1\n")
    (tmp_path / "m.toml").write_text('extends = "base.toml"\n')
    assert documents.load(tmp_path / "m.toml", Findings()).text == 'extends = "base.toml"\n\n# ---- extends base.toml ----\na = 1\n'
