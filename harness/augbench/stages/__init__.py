"""What each stage does with its artefacts; heavy: imported when a run starts, but for what the driver reads of them."""
