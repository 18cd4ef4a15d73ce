"""What a run has left behind, as hashes and numbers: two runs that did the same left the same."""

import hashlib
import json
from pathlib import Path

from augbench.plan.tasks import REVISIONS


def artefacts(folder: Path, store: str = "store") -> dict[str, str]:
    """Return the hash of every file of every artefact but its manifest, which tells times and machines."""
    root = folder / store
    found = (path for kind in REVISIONS for path in (root / kind).rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def results(folder: Path) -> dict[str, object]:
    """Return the metrics of every trial and the hash of its predictions."""
    records = [json.loads(line) for line in (folder / "run" / "records.jsonl").read_text().splitlines() if line.endswith("}")]
    trials = {record["trial"]: record["metrics"] for record in records if record["type"] == "trial"}
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "run").rglob("*.parquet")}
    return {**trials, **files}
