"""What each stage does with its artefacts; heavy: imported when a run starts."""
