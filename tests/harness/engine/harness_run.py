"""Run the test matrix in a process of its own, to be killed."""

from pathlib import Path

from augbench.engine.events import Silent
from augbench.engine.request import Request
from augbench.engine.session import open_session


def main(folder: str) -> None:
    """Run ``dots.toml`` of a folder."""
    here = Path(folder)
    open_session(Request(matrix=here / "dots.toml", out=here / "run", store=here / "store", device="cpu")).run(Silent())
