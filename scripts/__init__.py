"""Commands of the Makefile. `python -m scripts.NAME`; none of it is installed with the services."""
