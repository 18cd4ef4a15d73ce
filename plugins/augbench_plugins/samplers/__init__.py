"""The samplers that come with augbench."""
