"""Reading a matrix imports nothing heavy."""

import subprocess
import sys


def test_importing_the_matrix_imports_neither_pydantic_nor_torch():
    code = "import sys, augbench.matrix; print(sorted({'pydantic', 'torch', 'numpy', 'pandas', 'timm'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
