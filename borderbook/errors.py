"""What a user can mend: the command line tells it without a traceback."""


class UserError(Exception):
    """An error whose message says what was wrong, where, and how to mend it."""
