"""The data sets that come with augbench; light: a data set's module is imported when a matrix names it."""

from augbench import Registry, hookimpl


@hookimpl
def register(registry: Registry) -> None:
    """Add data sets, resizes and banks of pictures."""
    here = "augbench_datasets"
    registry.dataset("phantom", f"{here}.phantom:Phantom", "Drawn blood cells in seven overlapping classes; needs no files")
    registry.dataset("image-folder", f"{here}.image_folder:ImageFolder", "A folder of images: (split/)class/picture, or a CSV manifest")
    registry.dataset("bbbc048", f"{here}.bbbc048:JurkatCells", "Jurkat cells in seven phases of the cell cycle, four of them rare")
    registry.dataset("rbc-storage", f"{here}.rbc_storage:StoredRedCells", "Red blood cells in storage, in seven shapes, of two sites")
    registry.dataset("numpy", f"{here}.numpy_arrays:NumpyArrays", "Your own arrays: an .npz file, or a folder of .npy files")
    registry.dataset("long-tail", f"{here}.long_tail:LongTail", "Another data set, whose classes keep ever fewer training images")
    registry.dataset("channels", f"{here}.channels:Channels", "Some channels of another data set, or one of them thrice")
    registry.dataset("fashion-mnist", f"{here}.fashion_mnist:FashionMnist", "Ten kinds of clothes, 28 x 28, grey; also Debian's package")
    registry.family("dataset", "medmnist", f"{here}.medmnist:MedMnist", "MedMNIST v2, 28 to 224 px: medmnist/bloodmnist")
    registry.family("dataset", "torchvision", f"{here}.torchvision_family:TorchvisionSet", "CIFAR, MNIST, SVHN, STL10: torchvision/CIFAR10")
    registry.dataset("hugging-face", f"{here}.hugging_face:HuggingFace", "A data set of the Hugging Face hub, or of its library")
    registry.resize("bilinear", f"{here}.resize:Bilinear", "Scale to a square, antialiased")
    registry.resize("centre-crop", f"{here}.resize:CentreCrop", "Cut a square out of the middle")
    registry.resize("crop-or-pad", f"{here}.resize:CropOrPad", "Put into the middle of a square: cut off, or filled up")
    registry.resize("letterbox", f"{here}.resize:Letterbox", "Scale the longer side, keep the ratio, fill up to a square")
    registry.generator("folder", f"{here}.bank_folder:BankFolder", 'Someone else\'s images as banks: path = "banks/{class}"')
