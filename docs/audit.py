"""Draw docs/audit.png: the pairs that an audit finds among phantom cells of which some were copied, saved again and relabelled."""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from augbench_datasets.phantom import Phantom

picture = Path(__file__).with_suffix(".png")
whole = Phantom(size=64, train=(60, 40, 40, 20, 20, 20, 20), test=(20,) * 7).load()
with tempfile.TemporaryDirectory() as folder:
    cells = Path(folder, "my-cells")
    for part, split in (("train", whole.train), ("val", whole.validation), ("test", whole.test)):
        for place, label in enumerate(split.labels):
            file = cells / part / whole.classes[label] / f"{split.ids[place].rpartition('/')[2]}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(split.images[place]).save(file)
    for name in ("smooth/00003", "twin/00007", "banded/00011"):
        Image.open(cells / f"train/{name}.png").save(cells / f"test/{name}-copy.png")
    for name, quality in (("lobed/00002", 90), ("granular/00019", 75), ("crenated/00005", 60)):
        Image.open(cells / f"train/{name}.png").save(cells / f"test/{name}-again.jpg", quality=quality)
    for name, other in (("oval/00001", "smooth"), ("twin/00004", "lobed")):
        Image.open(cells / f"train/{name}.png").save(cells / f"train/{other}/{name[-5:]}-twice.png")
    audit = [sys.executable, "-m", "augbench", "datasets", "audit", str(cells), "--out", str(picture)]
    # It says with 1 that it found something.
    subprocess.run(audit, check=False)
with Image.open(picture) as drawn:
    fewer = drawn.quantize(128, dither=Image.Dither.NONE)
fewer.save(picture, optimize=True)
