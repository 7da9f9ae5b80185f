"""`bean-check`, a program of its own: installed beside the product, into a folder of its own, only for tests.

beancount's licence keeps it out of the product; nothing of it is ever imported. Which version, and what its
files must be, stands in `beancount.txt`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest
from platformdirs import user_cache_path

_PINNED = Path(__file__).with_name("beancount.txt")
_MISSING = "beancount cannot be installed here"


def bean_check(journal: Path) -> str:
    """What the program has against a journal; an empty text when it accepts it."""
    check = [sys.executable, "-m", "beancount.scripts.check", "--no-cache", str(journal)]
    environment = {**os.environ, "PYTHONPATH": str(_home())}
    done = subprocess.run(check, capture_output=True, text=True, check=False, env=environment)
    return "" if done.returncode == 0 else done.stdout + done.stderr or f"ended with {done.returncode}"


def _home() -> Path:
    """The folder of the pinned version, filled once on a machine; without it a skip, and in CI a failure."""
    name = f"beancount-{sha256(_PINNED.read_bytes()).hexdigest()[:12]}-{sys.version_info.minor}"
    home = user_cache_path("backhaul") / name
    if home.exists():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as made:
        fresh = Path(made) / "packages"
        pip = [sys.executable, "-m", "pip", "-q", "install", "--require-hashes", "--target", str(fresh)]
        done = subprocess.run([*pip, "-r", str(_PINNED)], capture_output=True, text=True, check=False)
        if done.returncode:
            _missing(done.stderr[-500:])
        if not home.exists():
            fresh.rename(home)
    return home


def _missing(why: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{_MISSING}, and where CI is set it must be: {why}", pytrace=False)
    pytest.skip(f"{_MISSING}: {why}")
