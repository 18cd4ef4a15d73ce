"""The data sets that come with augbench; light: a data set's module is imported when a matrix names it."""

from augbench import Registry, hookimpl


@hookimpl
def register(registry: Registry) -> None:
    """Add data sets, resizes and banks of pictures."""
    here = "augbench_datasets"
    registry.dataset("phantom", f"{here}.phantom:Phantom", "Drawn blood cells in seven overlapping classes; needs no files")
    registry.dataset("image-folder", f"{here}.image_folder:ImageFolder", "A folder of images: split/class/picture, or a CSV manifest")
    registry.resize("bilinear", f"{here}.resize:Bilinear", "Scale to a square, antialiased")
    registry.resize("centre-crop", f"{here}.resize:CentreCrop", "Cut a square out of the middle")
    registry.generator("folder", f"{here}.bank_folder:BankFolder", 'Someone else\'s images as banks: path = "banks/{class}"')
