"""Editors' own tools find nothing wrong in any matrix of the repository, what is wrong in others, and offer what fits."""

import json
import re
import shutil
import subprocess
import sysconfig
import tomllib
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest

from augbench.config.schema.choices import choices
from augbench.config.schema.linking import FILE, linked
from augbench.matrix.schema import matrix_schema
from augbench.matrix.sections import KEYS
from augbench.registry.discovery import discover
from augbench.values.components import dashed
from augbench.values.settings import Settings

ROOT = Path(__file__).parents[1]
MATRICES = [ROOT / "ablation.toml", *sorted((ROOT / "matrices").glob("*.toml")), *sorted((ROOT / "plugins").rglob("presets/**/*.toml"))]
OWN = {"plugins.md", "statistics.md", "tutorial.md"}
"""Pages whose examples name components that their readers write."""
PAGES = [ROOT / "README.md", *sorted(path for path in (ROOT / "docs").glob("*.md") if path.name not in OWN)]
SCRIPTS = sysconfig.get_path("scripts")
SETTINGS = {dashed(field.name) for field in fields(Settings)}
LINTERS = {"tombi": ["lint", "--offline", "--quiet"], "taplo": ["lint", "--no-auto-config"]}
QUICK = ("ablation.toml", "blood-cells.toml")
"""Tombi takes half a second a file."""
WRONG = ('base.sampler = "standart"', "base.training.lr = 'fast'", 'base.augment.a = { use = "mixup", low = 3 }', "rows.a.samplr = 1")


def _tool(name):
    found = shutil.which(name, path=SCRIPTS)
    return found or pytest.skip(f"{name} is not installed")


@pytest.fixture(scope="module")
def schema():
    return matrix_schema(choices(discover()))


@pytest.fixture(scope="module")
def folder(schema, tmp_path_factory):
    """Return a folder with the schema, and every matrix with the line that names it."""
    folder = tmp_path_factory.mktemp("editor")
    (folder / FILE).write_text(json.dumps(schema))
    for number, path in enumerate(MATRICES):
        (folder / f"{number}-{path.name}").write_text(linked(path.read_text(), f"./{FILE}"))
    return folder


def _blocks(page):
    """Return the examples of a page that are parts of a matrix, or settings."""
    for text in re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL):
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            # One line or the other: no whole text.
            continue
        if set(table) <= KEYS:
            yield table
        elif set(table) <= SETTINGS:
            yield {"base": table}


def _refused(schema, table):
    """Return what a validator says, without the schema that it prints in full."""
    return [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in jsonschema.Draft7Validator(schema).iter_errors(table)
    ]


@pytest.mark.parametrize("path", MATRICES, ids=lambda path: path.stem)
def test_a_shipped_matrix_is_valid(schema, path):
    assert _refused(schema, tomllib.loads(path.read_text())) == []


def test_the_examples_of_every_page_are_valid(schema):
    blocks = [(page.name, table) for page in PAGES for table in _blocks(page)]
    refused = [(name, told) for name, table in blocks for told in _refused(schema, {"extends": "x", **table})]
    assert refused == []
    assert len(blocks) > 20


@pytest.mark.slow
@pytest.mark.parametrize("name", LINTERS)
def test_an_editor_s_linter_agrees(name, folder):
    command = [_tool(name), *LINTERS[name]]
    files = sorted(path.name for path in folder.glob("*.toml") if name == "taplo" or path.name.partition("-")[2] in QUICK)
    assert len(files) == (len(MATRICES) if name == "taplo" else len(QUICK))
    # From elsewhere: the line's path starts at the matrix.
    good = subprocess.run(
        [*command, *(f"{folder.name}/{file}" for file in files)], cwd=folder.parent, capture_output=True, text=True, check=False
    )
    assert good.returncode == 0, good.stderr
    assert "strict" not in good.stderr
    for number, line in enumerate(WRONG):
        (folder / "wrong").mkdir(exist_ok=True)
        file = folder / "wrong" / f"{number}.toml"
        file.write_text(linked(f'extends = "x"\n{line}\n', f"../{FILE}"))
        assert subprocess.run([*command, str(file)], cwd=folder, capture_output=True, check=False).returncode, line


class _Server:
    """A language server over its standard input and output."""

    def __init__(self, command, folder):
        self.folder, self.asked = folder, 0
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.ask("initialize", processId=None, rootUri=folder.as_uri(), capabilities={})
        self.tell("initialized")

    def _send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method, **parameters):
        self._send(method=method, params=parameters)

    def ask(self, method, **parameters):
        self.asked += 1
        self._send(id=self.asked, method=method, params=parameters)
        while True:
            size = 0
            while line := self.process.stdout.readline().strip():
                size = int(line.partition(b":")[2]) if line.lower().startswith(b"content-length") else size
            message = json.loads(self.process.stdout.read(size))
            if message.get("id") == self.asked and "method" not in message:
                return message["result"]
            if "id" in message:
                self._send(id=message["id"], result=None)

    def offers(self, text):
        """Return what is offered where the text has a bar."""
        before, _, after = text.partition("|")
        line = before.count("\n")
        uri = (self.folder / f"{self.asked}.toml").as_uri()
        self.tell("textDocument/didOpen", textDocument={"uri": uri, "languageId": "toml", "version": 1, "text": before + after})
        place = {"line": line, "character": len(before.rpartition("\n")[2])}
        for _ in range(50):
            # None until it has read the text.
            found = self.ask("textDocument/completion", textDocument={"uri": uri}, position=place)
            if found:
                return [item["label"] for item in (found if isinstance(found, list) else found["items"])]
        return []


@pytest.fixture
def server(folder):
    server = _Server([_tool("tombi"), "lsp", "--offline"], folder)
    yield server
    server.process.kill()
    server.process.wait()


@pytest.mark.slow
def test_a_language_server_offers_what_fits(server):
    def offers(text):
        return server.offers(linked(text, f"./{FILE}"))

    assert '"minority-focus"' in offers('[base]\nsampler = "|"\n')
    assert offers('[base]\ngenerator = { use = "wgan-div", preset = "|" }\n')[0] == '"official"'
    own = offers('[base.augment]\nlinear = { use = "mixup", | }\n')
    assert {"low", "high", "sources"} <= set(own)
    assert "kappa" not in own, "remix's"
    assert {"path", "split", "minority"} <= set(offers('[datasets.cells]\nuse = "image-folder"\n|\n'))
    assert offers('[base.training]\noptimizer = { use = "adam", | }\n') == ["betas", "eps", "weight-decay"]
    assert {"seed", "training"} <= set(offers("[axes]\n|\n"))
