"""GridMix and sampling by effective numbers: only their names, for this module is imported by every `bench` command."""

from augbench import Registry, hookimpl


@hookimpl
def register(registry: Registry) -> None:
    """Add both components."""
    registry.augmenter("grid-mix", "augbench_gridmix.grid_mix:GridMix", "Each cell of a grid of either image (Baek 2021)")
    registry.sampler(
        "effective-sampling", "augbench_gridmix.effective_sampling:EffectiveSampling", "Classes by their effective numbers (Cui 2019)"
    )
