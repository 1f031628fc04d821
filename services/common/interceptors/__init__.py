"""What happens around every call of our own services, written once: one module for each concern."""
