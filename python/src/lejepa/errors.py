"""The one error a user is meant to read."""


class UserError(Exception):
    """Bad input: one sentence that names the input and what was expected. The command line prints it and exits 2."""
