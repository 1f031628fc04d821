"""The fields of a label: how each is found in what was read."""
