"""The `backhaul` command: `python -m app` or the installed script."""

from __future__ import annotations

import sys

from app.command.root import run


def main() -> None:
    """Runs the command line and ends the process with its exit code: 0 ok, 1 failed, 2 usage."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
