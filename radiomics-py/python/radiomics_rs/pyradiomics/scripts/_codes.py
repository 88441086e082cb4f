"""How the command ends: exit codes, and the error that is an answer to what was asked."""

#: 130 is what a shell has for an interrupt.
EXIT_OK, EXIT_INPUT, EXIT_ERROR, EXIT_OUTER, EXIT_FAILED_CASES, EXIT_CANCELLED = 0, 1, 3, 4, 5, 130


class InputError(ValueError):
    """Arguments or files with which nothing can be begun; the message names them."""
