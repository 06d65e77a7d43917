"""`python -m borderbook.cli`: the command in a checkout that is not installed."""

from borderbook.cli import main

main()
