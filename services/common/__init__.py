"""What every service shares; it imports no service."""
