"""Fetches the vision model, and tells how far it is."""
