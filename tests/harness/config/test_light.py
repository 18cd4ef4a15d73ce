"""Reading a matrix imports nothing heavy."""

import subprocess
import sys


def test_importing_the_matrix_imports_neither_pydantic_nor_torch():
    code = "import sys, augbench.matrix; print(sorted({'pydantic', 'torch', 'numpy', 'pandas', 'timm'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_listing_presets_imports_nothing_heavy_either():
    code = (
        "import sys; from augbench.config import presets as p; p.listed(); print(sorted({'pydantic', 'torch', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
