"""The methods that come with augbench; light: what a name points at is imported when a matrix asks for it."""

from augbench import Registry, hookimpl


@hookimpl
def register(registry: Registry) -> None:
    """Add generators, augmenters, samplers, losses, backbones, optimizers and schedules."""
    _generators(registry)
    _augmenters(registry)
    _samplers(registry)
    _learning(registry)


def _generators(registry: Registry) -> None:
    here = "augbench_plugins.generators"
    registry.generator("gan", f"{here}.gan:Gan", "Generative adversarial network, non-saturating loss (Goodfellow 2014)")
    registry.generator("wgan", f"{here}.wgan:Wgan", "Wasserstein GAN with weight clipping (Arjovsky 2017)")
    registry.generator("wgan-gp", f"{here}.wgan_gp:WganGp", "Wasserstein GAN with gradient penalty (Gulrajani 2017)")
    registry.generator("wgan-div", f"{here}.wgan_div:WganDiv", "Wasserstein divergence GAN (Wu 2018)")


def _augmenters(registry: Registry) -> None:
    here = "augbench_plugins.augmenters"
    registry.augmenter("mixup", f"{here}.mixup:Mixup", "Weighted average of two images (Zhang 2018; Rana 2022, Eq. 1)")
    registry.augmenter(
        "nonlinear-mixup", f"{here}.nonlinear_mixup:NonlinearMixup", "Mixup, then a rotation in RGB space (Rana 2022, Eq. 3)"
    )
    registry.augmenter("bilinear-mixup", f"{here}.bilinear_mixup:BilinearMixup", "Mixup of two mixups (Rana 2022, Fig. 6)")
    registry.augmenter("vh-mixup", f"{here}.vh_mixup:VhMixup", "Mixup of a vertical and a horizontal concatenation (Summers 2019)")
    registry.augmenter("flips", f"{here}.geometry:Flips", "Mirror left-right and top-bottom, each at random")
    registry.augmenter("quarter-turns", f"{here}.geometry:QuarterTurns", "Rotate by 0, 90, 180 or 270 degrees")
    registry.augmenter("brightness", f"{here}.brightness:Brightness", "Multiply all pixels by a random factor")


def _samplers(registry: Registry) -> None:
    here = "augbench_plugins.samplers"
    registry.sampler(
        "minority-focus", f"{here}.minority_focus:MinorityFocus", "Supplementary batch of synthetic minority images (Rana 2022)"
    )
    registry.sampler("standard", f"{here}.standard:Standard", "Random batches from a pool of originals and synthetic images")
    registry.sampler("instance", f"{here}.instance:Instance", "Shuffled passes over the pool: every image equally often")
    registry.sampler(
        "random-oversampling", f"{here}.random_oversampling:RandomOversampling", "Repeat minority images up to the largest class"
    )


def _learning(registry: Registry) -> None:
    here = "augbench_plugins"
    registry.loss("cross-entropy", f"{here}.losses.cross_entropy:CrossEntropy", "Cross-entropy with soft targets")
    registry.backbone("small-resnet", f"{here}.backbones.small_resnet:SmallResnet", "Residual network for a CPU's patience")
    registry.family("backbone", "timm", f"{here}.backbones.timm_family:Timm", "Any network of timm: timm/resnet34.tv_in1k")
    registry.optimizer("sgd", f"{here}.optimizers:Sgd", "Stochastic gradient descent with momentum")
    registry.optimizer("adam", f"{here}.optimizers:Adam", "Adam (Kingma 2015)")
    registry.optimizer("adamw", f"{here}.optimizers:AdamW", "Adam with decoupled weight decay (Loshchilov 2019)")
    registry.optimizer("rmsprop", f"{here}.optimizers:RmsProp", "RMSprop (Hinton 2012)")
    registry.schedule("constant", f"{here}.schedules:Constant", "One learning rate throughout")
    registry.schedule("step", f"{here}.schedules:Step", "Multiply by gamma every so many epochs")
    registry.schedule("cosine", f"{here}.schedules:Cosine", "Warm up, then fall along half a cosine")
