"""The family of torchvision's transforms."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import torch
from torchvision.transforms import v2

from augbench.values.errors import BadTransform, UnknownParameter
from augbench_plugins.augmenters._tv_names import tv_parameters
from augbench_plugins.augmenters.tv_family import Tv, TvDraw


def test_each_image_is_what_torchvision_makes_of_it_at_its_seed(images) -> None:
    sources = images(3, 1, (3, 16, 16))
    made = Tv(name="RandomAffine", parameters={"degrees": 40, "interpolation": "bilinear"}).apply(
        sources, TvDraw(seed=torch.tensor([5, 6, 7]))
    )
    transform = v2.RandomAffine(40, interpolation=v2.InterpolationMode.BILINEAR)
    with torch.random.fork_rng():
        for image, source, seed in zip(made.images, sources, (5, 6, 7), strict=True):
            torch.manual_seed(seed)
            assert torch.equal(image, transform(source[0]))
    assert torch.equal(made.pixel_weights, torch.ones(3, 1))


@pytest.mark.parametrize("name", ["RandAugment", "TrivialAugmentWide", "AugMix", "RandomErasing", "ColorJitter", "GaussianBlur"])
def test_a_stream_decides_and_torchs_own_is_left_alone(name, context, images, rng) -> None:
    parameters = {"p": 1} if name == "RandomErasing" else {"brightness": 0.5} if name == "ColorJitter" else {}
    augmenter = Tv(name=name, parameters=parameters | ({"kernel_size": 3} if name == "GaussianBlur" else {}))
    sources, state = images(8, 1, (3, 16, 16)), torch.get_rng_state()
    first, again, other = (augmenter.apply(sources, augmenter.draw(context(8, 1, (3, 16, 16)), rng(seed))).images for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert ((first >= 0) & (first <= 1)).all()
    assert torch.equal(torch.get_rng_state(), state)


def test_transforms_that_want_whole_numbers_get_them(context, images, rng) -> None:
    augmenter = Tv(name="JPEG", parameters={"quality": 50}, dtype="uint8")
    sources = images(2, 1, (3, 16, 16))
    made = augmenter.apply(sources, augmenter.draw(context(2, 1, (3, 16, 16)), rng())).images
    assert torch.allclose(made * 255, (made * 255).round(), atol=1e-3)
    assert not torch.equal(made, sources[:, 0])


def test_a_transform_that_works_in_place_leaves_the_sources_alone(context, images, rng) -> None:
    sources = images(4, 1)
    kept = sources.clone()
    augmenter = Tv(name="RandomErasing", parameters={"p": 1, "inplace": True})
    assert not torch.equal(augmenter.apply(sources, augmenter.draw(context(4, 1), rng())).images, sources[:, 0])
    assert torch.equal(sources, kept)


def test_seeds_stay_where_they_are_read(context, rng) -> None:
    draw = Tv(name="GaussianNoise").draw(context(5, 1), rng())
    assert draw.to("meta").seed.device.type == "cpu"
    assert len(draw[1:3].seed) == 2


def test_a_parameter_that_the_transform_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownParameter) as caught:
        Tv(name="RandomErasing", parameters={"scales": [0.1, 0.2]})
    assert str(caught.value) == "it has no parameter 'scales'; did you mean 'scale'?"
    with pytest.raises(UnknownParameter, match="it has no parameter 'p'; it has none at all"):
        Tv(name="Identity", parameters={"p": 1})


def test_a_value_that_torchvision_refuses_is_told_when_it_draws(context, rng) -> None:
    with pytest.raises(BadTransform) as caught:
        Tv(name="RandomErasing", parameters={"scale": [2, 3]}).draw(context(1, 1), rng())
    assert str(caught.value) == (
        "tv/RandomErasing cannot be used: ValueError: Scale should be between 0 and 1; "
        "mend its parameters or its dtype, or choose another transform"
    )


def test_a_transform_that_changes_the_size_is_told_when_it_draws(context, rng) -> None:
    with pytest.raises(BadTransform, match=r"it makes images of shape \(3, 4, 4\) of those of shape \(3, 8, 8\)"):
        Tv(name="CenterCrop", parameters={"size": 4}).draw(context(1, 1), rng())
    Tv(name="RandomCrop", parameters={"size": 8, "padding": 2}).draw(context(1, 1), rng())


@pytest.mark.slow
def test_a_transform_that_does_not_suit_is_told_by_the_plan_without_importing_torchvision() -> None:
    script = (
        "import sys; from augbench import Facts; from augbench_plugins.augmenters.tv_family import Tv\n"
        "facts = Facts(shape=(3, 8, 8), classes=('a',), counts=(3,), minority=(), batch_size=8)\n"
        "print(Tv(name='FiveCrop').supports(facts))\n"
        "print(Tv(name='RandomRotation', parameters={'degrees': 10}).supports(facts))\n"
        "assert not {'torchvision', 'torch', 'numpy'} & set(sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    refused, fine = ran.stdout.splitlines()
    assert refused.startswith("tv/FiveCrop cannot be used: ")
    assert fine == "None"


def test_names_are_those_of_transforms_of_one_image() -> None:
    names = Tv.names()
    assert {"RandomErasing", "ElasticTransform", "RandAugment", "RandomPerspective", "GaussianNoise"} <= set(names)
    assert not {"Compose", "MixUp", "CutMix", "Lambda", "Transform", "ToTensor"} & set(names)
    assert tv_parameters()["RandomErasing"] == ("p", "scale", "ratio", "value", "inplace")


@pytest.mark.slow
def test_a_missing_or_broken_list_is_made_again_without_importing_torchvision(tmp_path: Path) -> None:
    cached = tmp_path / "augbench" / f"torchvision-{version('torchvision')}-transforms.json"
    cached.parent.mkdir()
    cached.write_text("[")
    script = (
        "import sys; from augbench_plugins.augmenters.tv_family import Tv\n"
        "assert 'RandomErasing' in Tv.names()\n"
        "assert Tv(name='RandomErasing', parameters={'p': 1})\n"
        "assert not {'torchvision', 'torch', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={"XDG_CACHE_HOME": str(tmp_path), "PATH": ""})
    assert len(json.loads(cached.read_text())) > 30
    assert [path.name for path in cached.parent.iterdir()] == [cached.name]
