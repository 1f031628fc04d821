"""The `ttb` command line."""
