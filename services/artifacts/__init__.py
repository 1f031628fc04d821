"""Keeps what was checked, finds it again, and deletes it for good."""
