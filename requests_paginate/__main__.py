"""The entry point of `requests-paginate` and `python -m requests_paginate`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> int:
    """Run the command line, or print one line that says what must be installed for it."""
    try:
        from requests_paginate._cli.commands import commands

        commands(prog_name="requests-paginate")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("click", "rich"):
            raise
        sys.stderr.write(
            "requests-paginate: the command line needs click and rich: "
            "pip install 'requests-paginate[cli]'\n"
        )
        return 1
    except KeyboardInterrupt:  # the imports take long enough to be interrupted
        return 130
    return 0  # pragma: no cover - click exits


if __name__ == "__main__":
    sys.exit(main())
