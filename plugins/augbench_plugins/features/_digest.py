"""What tells one feature network from another."""

from __future__ import annotations

import hashlib

from torch import nn


def digest_of(name: str, network: nn.Module) -> str:
    """Return the sha256 of a name and all tensors of a network, in its own order."""
    found = hashlib.sha256(name.encode())
    for tensor in network.state_dict().values():
        found.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()
