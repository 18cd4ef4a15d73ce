"""Draw docs/augmenters.png: what each built-in augmenter does to the same drawn cells, as ``bench plugins preview --compact`` shows it."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from augbench.registry.discovery import discover

picture = Path(__file__).with_suffix(".png")
names = [entry.name for entry in discover().entries if entry.kind == "augmenter" and not entry.family]
cells = ["--data", '{ use = "phantom", size = 48 }', "--classes", "granular,banded,crenated,lobed"]
drawing = ["--compact", "--images", "1", "--draws", "5", "--out", str(picture)]
named = [f"augmenter:{name}" for name in names]
subprocess.run([sys.executable, "-m", "augbench", "plugins", "preview", *named, *cells, *drawing], check=True)
with Image.open(picture) as drawn:
    # A palette would spoil either the neon colours or the pale ones.
    fewer = drawn.convert("RGB").point(lambda value: 5 * round(value / 5))
fewer.save(picture, optimize=True)
