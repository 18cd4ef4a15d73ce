"""Where stages run: in this process, in others on this machine, on a Ray cluster."""
