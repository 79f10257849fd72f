"""How a client's program says what its caller was told: in one line."""

import sys


def tell(report, read):
    try:
        statuses = [report()] if sys.argv[1] == "report" else read()
        print("ok", *(f"{it.id}:{it.state}" for it in statuses))
    except Exception as error:
        print(f"error {type(error).__name__}:", *str(error).split())
