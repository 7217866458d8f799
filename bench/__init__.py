"""How fast it is, measured with real processes: `python -m bench [inventory|polling|startup …]`."""
