"""Services of the TTB label verifier, and what they share."""
