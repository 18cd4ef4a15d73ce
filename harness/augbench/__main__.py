"""``python -m augbench`` is ``bench``."""

from augbench.cli import main

main()
