"""One import by the program in a process of its own: `python -m tests.bench.importing_child FILE DB REPORT`.

Says one JSON line: `peak_mb` of the whole process; what the program says itself comes before it on stderr.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout

from app.command.root import run
from tests.bench.memory import peak_mb


def main(arguments: Sequence[str]) -> int:
    """Imports once; a table with wrong rows ends with 1, which is right here."""
    file, url, report = arguments
    with redirect_stdout(sys.stderr):
        code = run(["central", "import", file, "--kind", "items", "--db", url, "--report", report])
    sys.stdout.write(json.dumps({"peak_mb": peak_mb()}) + "\n")
    return 0 if code in {0, 1} else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
