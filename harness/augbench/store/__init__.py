"""Where results are kept: artefacts in the store, records and predictions in the run folder."""
