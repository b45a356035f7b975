"""The entry point of `requests-paginate` and `python -m requests_paginate`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> int:
    """Runs the command line, or says in one line what is missing for it.

    Returns:
        The exit status where click did not exit itself.
    """
    try:
        from requests_paginate._cli.commands import commands
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("click", "rich"):
            raise
        sys.stderr.write(
            "requests-paginate: the command line needs click and rich: "
            "pip install 'requests-paginate[cli]'\n"
        )
        return 1
    except KeyboardInterrupt:  # the imports take long enough for a change of mind
        return 130
    commands(prog_name="requests-paginate")
    return 0  # pragma: no cover - click exits


if __name__ == "__main__":
    sys.exit(main())
