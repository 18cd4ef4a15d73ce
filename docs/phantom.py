"""Draw docs/phantom.png: twelve phantom cells of each class, a class a line."""

from pathlib import Path

import numpy as np
from PIL import Image

from augbench_datasets.phantom import Phantom

COLUMNS = 12

train = Phantom(size=64, train=(COLUMNS,) * 7, validation=(1,) * 7, test=(1,) * 7).load().train
lines = [np.concatenate([train.images[i] for i in np.flatnonzero(train.labels == label)], axis=1) for label in range(7)]
sheet = Image.fromarray(np.concatenate(lines)).quantize(128, dither=Image.Dither.NONE)
sheet.save(Path(__file__).with_suffix(".png"), optimize=True)
