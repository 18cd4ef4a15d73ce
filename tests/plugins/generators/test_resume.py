"""A fit that was cut short goes on to the same bits."""

from dataclasses import replace

import pytest
import torch

from augbench.stages import contents
from augbench_plugins.generators._lots import BLOCK
from augbench_plugins.generators.cgan_div import CganDiv
from augbench_plugins.generators.gan import Gan
from augbench_plugins.generators.wgan import Wgan
from augbench_plugins.generators.wgan_div import WganDiv
from augbench_plugins.generators.wgan_gp import WganGp
from augbench_plugins.optimizers import Sgd

TINY = {"width": 2, "latent": 4}
LENGTH = BLOCK + 20


class Cut(Exception):
    """Stands for a kill."""


class Spread:
    """Judges by the images' deviation, which changes as they do."""

    checks, images = 7, 6

    def __call__(self, images):
        return {"kid": float(images.double().std()), "frechet": 1.0}


def rng():
    return torch.Generator().manual_seed(3)


def silent(done, total, **numbers):
    pass


def same(first, second):
    """Tell whether two fits have the same bits."""
    numbers = all(dict(getattr(first, name)) == dict(getattr(second, name)) for name in ("curves", "numbers"))
    tensors = first.tensors.keys() == second.tensors.keys() and all(
        torch.equal(tensor, second.tensors[name]) for name, tensor in first.tensors.items()
    )
    return numbers and tensors and first.chosen == second.chosen


def cut_short(component, seen, folder):
    """Fit to the second border and return what is kept there, after a round trip to disk."""
    states = []

    def keep(state):
        if states:
            contents.save_fitted(folder, state())
            raise Cut
        states.append(None)

    with pytest.raises(Cut):
        component.fit(replace(seen, keep=keep), rng(), silent)
    return contents.load_fitted(folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    "component",
    [
        Gan(**TINY),
        Wgan(**TINY),
        WganGp(**TINY, network="mlp"),
        WganDiv(**TINY, critic_norm="layer", stop="critic-loss", stop_window=2, stop_patience=30),
        WganDiv(**TINY, penalty_at="interp-mixed", stop="kid"),
        WganDiv(**TINY, optimizer=Sgd(momentum=0.5)),
        CganDiv(**TINY),
    ],
    ids=lambda component: f"{component.family} {component.network} {component.stop} {type(component.optimizer).__name__}",
)
def test_a_resumed_fit_ends_with_the_bits_of_an_uninterrupted_one(component, view, tmp_path):
    seen = replace(view(iterations=LENGTH, n_critic=1, batch_size=3, pre_augment=30), judge=Spread())
    if component.covers == "all":
        seen = replace(seen, target=None)
    whole = component.fit(seen, rng(), silent)
    told = []
    resumed = component.fit(seen, rng(), lambda done, total, **numbers: told.append(done), cut_short(component, seen, tmp_path))
    assert min(told) > BLOCK
    assert same(resumed, whole)


@pytest.mark.slow
def test_a_state_stays_what_it_was_while_the_fit_goes_on(view):
    states = []
    seen = replace(view(iterations=LENGTH, n_critic=1, batch_size=3), keep=lambda state: states.append(state()))
    whole = Gan(**TINY).fit(seen, rng(), silent)
    assert len(states) == 2
    assert all(same(Gan(**TINY).fit(seen, rng(), silent, state), whole) for state in states[:2])


def test_a_state_is_offered_at_every_border_and_nowhere_else(view):
    offered = []
    WganDiv(**TINY).fit(replace(view(iterations=LENGTH, n_critic=1, batch_size=2), keep=offered.append), rng(), silent)
    assert len(offered) == 2
