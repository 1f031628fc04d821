"""Brings the model into Ollama's store, whatever happens on the way, and says so in the status file."""
