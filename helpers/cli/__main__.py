"""`python -m helpers.cli`: the command in a checkout that is not installed."""

from helpers.cli import main

main()
