"""The schema and the loader agree on what is a matrix, wherever a schema can tell."""

import json
import tomllib

import jsonschema
import pytest

from augbench.config.schema.choices import choices
from augbench.matrix.report import NAMED_ALONE
from augbench.matrix.schema import classes_of, matrix_schema
from augbench.matrix.sections import KEYS
from augbench.registry.entries import Origin
from augbench.values.components import KINDS
from support import bad_matrices

BEYOND = (
    "batch.mix names 'orignals'",
    "training.lr must be a finite number, not inf",
    "numerics.stack must be a whole number, not 1.0",
    "augmenter 'mixup': low = 0.9 is above high = 0.1",
    "augment.a names no component",
    "data set 'cells' has no augment.a",
    "resize 'square' has no size",
    "the environment variable AUGBENCH_NOWHERE is not set",
    "data set 'cells' has no backbone",
    "data set 'cells' has no training.length",
    "the primary metric 'macro-f1' is not in metrics",
    "no data set called 'cels'",
    "no row called 'plane'",
    "no column called 'cels'",
    "no seed 7",
)
"""What only the loader tells: it needs other places of the file, the machine, code, or numbers that JSON has not or cannot tell apart."""


@pytest.fixture(scope="module")
def make():
    """Return a function from a registry to what tells whether a text is a matrix."""

    def _make(registry, classes=()):
        schema = matrix_schema(choices(registry, classes))
        jsonschema.Draft7Validator.check_schema(schema)
        return lambda text: not list(jsonschema.Draft7Validator(schema).iter_errors(tomllib.loads(text)))

    return _make


@pytest.fixture
def accepts(make, registry):
    return make(registry)


def _beyond(message):
    return any(message.startswith(start) for start in BEYOND)


def _target(registry, name):
    return next(entry.target for entry in registry.entries if entry.name == name)


def test_the_examples_are_matrices(accepts, example, small):
    assert accepts(example)
    assert accepts(small)


def test_a_bad_setting_is_refused_as_the_loader_refuses_it(accepts, small):
    told = {message: accepts(f"{small}[rows.other]\n{line}\n") for line, message, _ in bad_matrices.SETTINGS}
    assert [message for message, accepted in told.items() if accepted != _beyond(message)] == []


def test_a_bad_section_is_refused_as_the_loader_refuses_it(accepts, small):
    told = {message: accepts(small.replace(old, new, 1)) for old, new, message in bad_matrices.SECTIONS}
    assert [message for message, accepted in told.items() if accepted != _beyond(message)] == []


def test_nothing_is_excused_that_no_example_shows():
    messages = [row[1] for row in bad_matrices.SETTINGS] + [row[2] for row in bad_matrices.SECTIONS]
    assert [start for start in BEYOND if not any(message.startswith(start) for message in messages)] == []


DOTTED = """\
mode = "ablate"
report.control = "plain"
base.backbone = "small"
base.generator.use = "wgan"
base.augment.a.use = "mixup"
base.training.length.steps = 10
datasets.cells.use = "bbbc048"
rows.plain = {}
"""


@pytest.mark.parametrize(
    "line",
    [
        "axes.training.lr = [0.1, 1]",
        'axes."training.lr" = [0.1]',
        'axes.training."length.steps" = [1]',
        'axes.sampler = ["standard", { use = "minority-focus" }]',
        "axes.augment.a.low = [0.1, 0.2]",
        'axes.augment.a = [false, { use = "mixup", pairing = "any" }]',
        "axes.batch.mix = [{ originals = 1 }, { a = 1 }]",
        "axes.batch.mix.a = [1, 2]",
        'axes.transforms = [[], ["flips"]]',
        "axes.training.length.steps = [1, 2]",
        "axes.generator.clip = [0.1, 0.2]",
        'axes.generator.optimizer = ["sgd", { use = "adam", betas = [0.1, 0.9] }]',
        "axes.generator.optimizer.betas = [[0.1, 0.9]]",
        "axes.training = {}",
        'rows.other = { generator = { use = "generator:wgan", clip = 0.1 } }',
        "rows.other.generator = false",
        "rows.other.augment.a = false",
        "rows.other.augment.a.sources = 'originals'",
        "rows.other.augment.a = { low = 0.1, probability = 0.5 }",
        "rows.other.per-class.'*'.batch.n = 2",
        "rows.other.on.cells = { training.lr = 0.1, per-class.A.bank.size = 3 }",
        'rows.other.backbone = { use = "timm/resnet34.tv_in1k", pretrained = false }',
        'rows.other.transforms = [{ use = "brightness", low = 0.1 }]',
        "rows.other.training.length = {}",
        "rows.other.training.length = { epochs = 0.5, of = 'pool' }",
        'exclude = [{ row = ["plain"], training.lr = 0.1 }, { column = "cells", seed = [0] }]',
        "defaults.generator.wgan = { clip = 0.1 }",
        "defaults.backbone.'timm/resnet34.tv_in1k'.pretrained = false",
        "datasets.cells.resize = false",
        "datasets.cells.set.training.lr = 0.1",
        'datasets.other = "rbc-storage"',
        'datasets.other = { use = "long-tail", of = { use = "bbbc048", shades = [1, 2] }, ratio = 3 }',
        'report.metrics = ["accuracy", "macro-f1", "metric:balanced-accuracy", "f/2"]',
        'report.published = [{ label = "x", dataset = "cells", accuracy = 1 }]',
    ],
)
def test_both_accept(accepts, load, line):
    assert load(DOTTED + line)
    assert accepts(DOTTED + line)


@pytest.mark.parametrize(
    "line",
    [
        "axes.training.lr = 0.1",
        "axes.training.lr = []",
        'axes.training.lr = ["x"]',
        "axes.training.lr = [0.1, 0.1]",
        "axes.generator.clippy = [1]",
        'axes.generator = ["wgann"]',
        "axes.fold = [1]",
        "axes.seed = [true]",
        "exclude = [{}]",
        "exclude = [{ row = 3 }]",
        "extends = [3]",
        'defaults.generator.wgan.use = "wgan"',
        "defaults.metric.accuracy = {}",
        "defaults.generators.wgan = {}",
        "base.per-class.A.bank.size = 3",
        "rows.other.transforms = [{ low = 0.1 }]",
        'rows.other.transforms = [{ use = "flips", sources = "both" }]',
        "rows.other.transforms = [false]",
        "rows.other.generator.clippy = 1",
        'rows.other.generator = { use = "wgan", fit.lr = 1 }',
        "rows.other.resize = false",
        "rows.other.sampler = false",
        "rows.other.backbone = { use = 'small', name = 'x' }",
        "rows.other.augment.generated = 'mixup'",
        "datasets.other = false",
        "datasets.other = 3",
        'datasets.other = "rbc"',
        "datasets.other.folds = 3",
        'datasets.other = { use = "bbbc048", shades = [1, 2, 3] }',
        'datasets.other = { use = "long-tail", of = false }',
        'datasets.other = { use = "bbbc048", sett.training.lr = 1 }',
        'report.metrics = ["f-beta"]',
        'report.metrics = "accuracy"',
        'report.test = "t"',
    ],
)
def test_both_refuse(accepts, wrong, line):
    assert wrong(DOTTED + line)
    assert not accepts(DOTTED + line)


def test_a_file_that_builds_on_another_need_not_be_whole(accepts, small):
    assert not accepts("")
    assert not accepts(small.replace('control = "plain"\n', ""))
    assert accepts('extends = "other.toml"')
    assert accepts('extends = ["other.toml", "augbench:cifar10-lt"]\n[datasets.cells]\nfolds = 3\n')


def test_every_section_and_kind_is_there(registry):
    schema = matrix_schema(choices(registry))
    assert set(schema["properties"]) == KEYS
    assert set(schema["properties"]["defaults"]["properties"]) == set(KINDS) - set(NAMED_ALONE)


def test_names_that_two_plugins_have_are_told_apart(make, registry, small):
    registry.origin = Origin(plugin="mine", distribution="my-nets", version="1")
    registry.sampler("standard", _target(registry, "minority-focus"))
    accepts = make(registry)
    assert not accepts(f'{small}other = {{ sampler = "standard" }}\n')
    assert accepts(f'{small}other = {{ sampler = "standard@my-nets" }}\n')
    assert accepts(f'{small}other = {{ sampler = {{ use = "standard@my_nets" }} }}\n')


def test_a_class_that_needs_no_plugin_may_hold_anything_until_it_is_known(make, registry, small):
    target = _target(registry, "wgan")
    place = f"{target.__module__}:{target.__qualname__}"
    line = f'{small}other = {{ generator = {{ use = "{place}", strength = 3 }} }}\n'
    assert make(registry)(line)
    accepts = make(registry, [("generator", place)])
    assert not accepts(line)
    assert accepts(line.replace("strength", "clip"))


def test_the_classes_that_a_matrix_names_are_found(registry, small, tmp_path):
    place = f"{_target(registry, 'wgan').__module__}:Wgan"
    file = tmp_path / "m.toml"
    file.write_text(f'{small}other = {{ generator = "{place}", sampler = "nowhere:At", label = "not:one" }}\nbad = 3\n')
    assert classes_of(file, registry) == (("generator", place),)


def test_the_schema_is_the_same_each_time(registry):
    first, second = (json.dumps(matrix_schema(choices(registry))) for _ in range(2))
    assert first == second
