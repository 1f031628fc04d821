"""Keeps what was checked, without letting the verdict wait: spool on disk first, hand-over to artifacts behind."""
