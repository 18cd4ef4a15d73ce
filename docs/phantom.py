"""Draw docs/phantom.png: what ``bench datasets preview phantom --set size=64`` draws, in fewer colours."""

from pathlib import Path

from PIL import Image

from augbench.engine.previewing import Wanted, preview
from augbench_datasets.phantom import Phantom

picture = Path(__file__).with_suffix(".png")
preview("phantom", Phantom(size=64), None, Wanted(), picture)
with Image.open(picture) as drawn:
    fewer = drawn.quantize(128, dither=Image.Dither.NONE)
fewer.save(picture, optimize=True)
