"""The methods that come with augbench; light: what a name points at is imported when a matrix asks for it."""

from augbench import Registry, hookimpl


@hookimpl
def register(registry: Registry) -> None:
    """Add every built-in method."""
    _generators(registry)
    _augmenters(registry)
    _samplers(registry)
    _learning(registry)
    _features(registry)
    _judging(registry)
    _executors(registry)
    _observers(registry)


def _generators(registry: Registry) -> None:
    here = "augbench_plugins.generators"
    registry.generator("gan", f"{here}.gan:Gan", "Generative adversarial network, non-saturating loss (Goodfellow 2014)")
    registry.generator("wgan", f"{here}.wgan:Wgan", "Wasserstein GAN with weight clipping (Arjovsky 2017)")
    registry.generator("wgan-gp", f"{here}.wgan_gp:WganGp", "Wasserstein GAN with gradient penalty (Gulrajani 2017)")
    registry.generator("cgan-div", f"{here}.cgan_div:CganDiv", "One WGAN-div for all classes, told which to draw (Wu 2018, Mirza 2014)")
    registry.generator("wgan-div", f"{here}.wgan_div:WganDiv", "Wasserstein divergence GAN (Wu 2018)")
    registry.generator("smote", f"{here}.smote:Smote", "Between an image and one of its nearest (Chawla 2002)")
    registry.generator("safe-level-smote", f"{here}.smote:SafeLevelSmote", "SMOTE near the safer image (Bunkhumpornpat 2009)")
    registry.generator("borderline-smote", f"{here}.imbalanced:BorderlineSmote", "SMOTE from images near other classes (Han 2005)")
    registry.generator("svm-smote", f"{here}.imbalanced:SvmSmote", "SMOTE from support vectors (Nguyen 2011)")
    registry.generator("adasyn", f"{here}.imbalanced:Adasyn", "SMOTE where other classes are near (He 2008)")
    registry.generator("gaussian", f"{here}.plain:Gaussian", "The class mean with noise: what features must tell from images")
    registry.generator("handcrafted", f"{here}.plain:Handcrafted", "Originals, bent, contrasted and with noise")


def _augmenters(registry: Registry) -> None:
    here = "augbench_plugins.augmenters"
    registry.augmenter("mixup", f"{here}.mixup:Mixup", "Weighted average of two images (Zhang 2018; Rana 2022, Eq. 1)")
    registry.augmenter(
        "nonlinear-mixup", f"{here}.nonlinear_mixup:NonlinearMixup", "Mixup, then a rotation in RGB space (Rana 2022, Eq. 3)"
    )
    registry.augmenter("bilinear-mixup", f"{here}.bilinear_mixup:BilinearMixup", "Mixup of two mixups (Rana 2022, Fig. 6)")
    registry.augmenter("vh-mixup", f"{here}.vh_mixup:VhMixup", "Mixup of a vertical and a horizontal concatenation (Summers 2019)")
    registry.augmenter("balanced-mixup", f"{here}.balanced_mixup:BalancedMixup", "Mixup by a Beta(alpha, 1) law (Galdran 2021)")
    _mixers(registry)
    registry.augmenter("flips", f"{here}.geometry:Flips", "Mirror left-right and top-bottom, each at random")
    registry.augmenter("quarter-turns", f"{here}.geometry:QuarterTurns", "Rotate by 0, 90, 180 or 270 degrees")
    registry.augmenter("brightness", f"{here}.brightness:Brightness", "Multiply all pixels by a random factor")
    registry.augmenter("affine", f"{here}.affine:Affine", "Rotate, move, scale and shear")
    registry.augmenter("perspective", f"{here}.perspective:Perspective", "Move the corners inwards")
    registry.augmenter("shifts", f"{here}.shifts:Shifts", "Move by whole pixels")
    registry.augmenter("contrast", f"{here}.contrast:Contrast", "Multiply the distance from the mean grey")
    registry.augmenter("noise", f"{here}.noise:Noise", "Add Gaussian noise")
    registry.augmenter("erasing", f"{here}.erasing:Erasing", "Paint over a random box (Zhong 2020)")
    registry.family("augmenter", "tv", f"{here}.tv_family:Tv", "Any transform of torchvision v2: tv/ElasticTransform")


def _mixers(registry: Registry) -> None:
    here = "augbench_plugins.augmenters"
    registry.augmenter("bcplus", f"{here}.bcplus:Bcplus", "Two images of zero mean, mixed by their energies (Summers 2019, method 2)")
    registry.augmenter(
        "vert-concat", f"{here}.concatenations:VertConcat", "The upper part of one image on the lower part of another (Summers 2019)"
    )
    registry.augmenter(
        "horizontal-concat",
        f"{here}.concatenations:HorizontalConcat",
        "The left part of one image beside the right part of another (Summers 2019)",
    )
    registry.augmenter("mixed-concat", f"{here}.concatenations:MixedConcat", "A chequerboard of two images (Summers 2019)")
    registry.augmenter("random-2x2", f"{here}.concatenations:Random2x2", "Four quadrants, each of either image (Summers 2019)")
    registry.augmenter("vh-bcplus", f"{here}.bcplus:VhBcplus", "BC+ of a vertical and a horizontal concatenation (Summers 2019)")
    registry.augmenter("random-square", f"{here}.patches:RandomSquare", "A square of one image elsewhere in another (Summers 2019)")
    registry.augmenter(
        "random-column-interval", f"{here}.patches:RandomColumnInterval", "Adjacent columns of one image in another (Summers 2019)"
    )
    registry.augmenter("random-row-interval", f"{here}.patches:RandomRowInterval", "Adjacent rows of one image in another (Summers 2019)")
    registry.augmenter("random-rows", f"{here}.scattered:RandomRows", "Each row of either image (Summers 2019)")
    registry.augmenter("random-columns", f"{here}.scattered:RandomColumns", "Each column of either image (Summers 2019)")
    registry.augmenter("random-pixels", f"{here}.scattered:RandomPixels", "Each pixel of either image (Summers 2019)")
    registry.augmenter("random-elements", f"{here}.scattered:RandomElements", "Each channel of each pixel of either image (Summers 2019)")
    registry.augmenter("noisy-mixup", f"{here}.scattered:NoisyMixup", "Mixup with a share of its own for each pixel (Summers 2019)")
    registry.augmenter("smote", f"{here}.smote:Smote", "Towards one of the nearest images of the class (Chawla 2002)")
    registry.augmenter("cutmix", f"{here}.cutmix:CutMix", "A box of one image at the same place of another (Yun 2019)")
    registry.augmenter("remix", f"{here}.remix:Remix", "Mixup with labels that lean to the rarer class (Chou 2020)")
    registry.augmenter("remix-cutmix", f"{here}.remix:RemixCutMix", "CutMix with labels that lean to the rarer class (Chou 2020)")
    registry.augmenter(
        "mixmatch-mixup",
        f"{here}.mixmatch_mixup:MixMatchMixup",
        "Mixup in which the first image always has the larger share (Berthelot 2019)",
    )


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
    registry.sampler("random-undersampling", f"{here}.random_undersampling:RandomUndersampling", "Cut all classes down to the smallest")
    registry.sampler("class-balanced", f"{here}.class_balanced:ClassBalanced", "Every class alike probable, with replacement")
    registry.sampler("square-root", f"{here}.square_root:SquareRoot", "Classes by the square root of their counts")
    registry.sampler("progressive", f"{here}.progressive:Progressive", "From instance to class-balanced sampling (Kang 2020)")
    registry.sampler("deferred", f"{here}.deferred:Deferred", "Instance, then class-balanced sampling (Cao 2019)")
    registry.sampler(
        "balanced-mixup", f"{here}.balanced_mixup:BalancedMixup", "Pairs of an instance and a class-balanced stream (Galdran 2021)"
    )


def _learning(registry: Registry) -> None:
    here = "augbench_plugins"
    _losses(registry)
    registry.adjustment(
        "logit-adjustment", f"{here}.adjustments.logit_adjustment:LogitAdjustment", "tau log class shares taken off (Menon 2021)"
    )
    registry.adjustment("temperature", f"{here}.adjustments.temperature:Temperature", "Temperature scaling on validation (Guo 2017)")
    registry.backbone("small-resnet", f"{here}.backbones.small_resnet:SmallResnet", "Residual network for a CPU's patience")
    registry.family("backbone", "timm", f"{here}.backbones.timm_family:Timm", "Any network of timm: timm/resnet34.tv_in1k")
    registry.optimizer("sgd", f"{here}.optimizers:Sgd", "Stochastic gradient descent with momentum")
    registry.optimizer("adam", f"{here}.optimizers:Adam", "Adam (Kingma 2015)")
    registry.optimizer("adamw", f"{here}.optimizers:AdamW", "Adam with decoupled weight decay (Loshchilov 2019)")
    registry.optimizer("rmsprop", f"{here}.optimizers:RmsProp", "RMSprop (Hinton 2012)")
    registry.schedule("constant", f"{here}.schedules:Constant", "One learning rate throughout")
    registry.schedule("step", f"{here}.schedules:Step", "Multiply by gamma every so many epochs")
    registry.schedule("milestones", f"{here}.schedules:Milestones", "Multiply by gamma after each of some epochs")
    registry.schedule("cosine", f"{here}.schedules:Cosine", "Warm up, then fall along half a cosine")


def _losses(registry: Registry) -> None:
    here = "augbench_plugins.losses"
    registry.loss("cross-entropy", f"{here}.cross_entropy:CrossEntropy", "Cross-entropy with soft targets")
    registry.loss("class-weighted", f"{here}.class_weighted:ClassWeighted", "Cross-entropy weighted by inverse class frequency")
    registry.loss("effective-number", f"{here}.effective_number:EffectiveNumber", "Cross-entropy weighted by effective numbers (Cui 2019)")
    registry.loss("focal", f"{here}.focal:Focal", "Discounts what is recognised well (Lin 2017)")
    registry.loss("cb-focal", f"{here}.cb_focal:CbFocal", "Class-balanced sigmoid focal loss (Cui 2019)")
    registry.loss("ldam", f"{here}.ldam:Ldam", "Larger margins for smaller classes, on a cosine layer (Cao 2019)")
    registry.loss("ldam-drw", f"{here}.ldam:LdamDrw", "LDAM, weighted in the last part of the training (Cao 2019)")
    registry.loss("balanced-softmax", f"{here}.balanced_softmax:BalancedSoftmax", "Log class shares added to the logits (Ren 2020)")
    registry.loss("logit-adjustment", f"{here}.logit_adjustment:LogitAdjustment", "tau log class shares added to the logits (Menon 2021)")


def _features(registry: Registry) -> None:
    here = "augbench_plugins.features"
    registry.features("random-conv", f"{here}.random_conv:RandomConv", "A convolutional network with fixed random weights")
    registry.features("inception", f"{here}.inception:Inception", "The Inception of FID, from a local file (Heusel 2017)")
    registry.family("features", "timm", f"{here}.timm_family:TimmFeatures", "Any network of timm, before its last layer")


def _judging(registry: Registry) -> None:
    here = "augbench_plugins.metrics"
    registry.metric("accuracy", f"{here}.counts:Accuracy", "Share of images classified rightly")
    registry.metric("macro-f1", f"{here}.counts:MacroF1", "Mean F1 over all classes")
    registry.metric("balanced-accuracy", f"{here}.counts:BalancedAccuracy", "Mean recall over the classes that have test images")
    registry.metric("mcc", f"{here}.counts:Mcc", "Correlation of true and predicted class (Gorodkin 2004)")
    registry.metric("auroc", f"{here}.ranking:Auroc", "Area under the ROC curve, one class against the rest")
    registry.metric("log-loss", f"{here}.probabilities:LogLoss", "Surprise at the true class; less is better")
    registry.metric("brier", f"{here}.probabilities:Brier", "Squared error of the probabilities; less is better (Brier 1950)")
    registry.metric("ece", f"{here}.probabilities:Ece", "How far confidence is from accuracy; less is better (Guo 2017)")
    here = "augbench_plugins.tests"
    registry.test("sign-flip", f"{here}.signs:SignFlip", "Mean difference under random signs (Fisher 1935)")
    registry.test("signed-rank", f"{here}.signs:SignedRank", "Ranks of the differences under random signs (Wilcoxon 1945)")
    registry.test("paired-t", f"{here}.paired_t:PairedT", "Student's t of the differences, taken for normal (Student 1908)")


def _executors(registry: Registry) -> None:
    here = "augbench.engine.executors"
    registry.executor("inline", f"{here}.inline:Inline", "One stage at a time, in the process of bench itself")
    registry.executor("local", f"{here}.local:Local", "Worker processes on this machine, on its CPUs or GPUs")
    registry.executor("ray", f"{here}.ray:Ray", "Worker processes on the nodes of a Ray cluster, or on this machine's own")


def _observers(registry: Registry) -> None:
    here = "augbench_plugins.observers"
    registry.observer("mlflow", f"{here}.mlflow:Mlflow", "Runs, settings, scores, curves and reports in MLflow")
    registry.observer("tensorboard", f"{here}.tensorboard:Tensorboard", "Curves, scores and settings for TensorBoard")
