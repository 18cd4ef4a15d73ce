"""Draw docs/slant-mix.png: what the tutorial's augmenter does to drawn cells, in fewer colours."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

picture = Path(__file__).with_suffix(".png")
page = picture.with_name("tutorial.md").read_text()
with TemporaryDirectory() as folder:
    code = page.partition("```python\n# slant_mix.py\n")[2].partition("```")[0]
    (Path(folder) / "slant_mix.py").write_text(code)
    drawing = [sys.executable, "-m", "augbench", "plugins", "preview", "./slant_mix.py", "--out", str(picture)]
    subprocess.run(drawing, cwd=folder, check=True)
with Image.open(picture) as drawn:
    fewer = drawn.convert("RGB").quantize(256)
fewer.save(picture, optimize=True)
