"""`python -m ttb_client`: the same as `ttb`."""

from ttb_client.cli.main import main

main()
