"""Prints the result of a client in one line, for the table."""

import sys


def run(create, read):
    """Runs the task that the first argument names, and prints its statuses or its error."""
    try:
        statuses = [create()] if sys.argv[1] == "report" else read()
        print("ok", *(f"{status.id}:{status.state}" for status in statuses))
    except Exception as error:
        print(f"error {type(error).__name__}:", *str(error).split())
