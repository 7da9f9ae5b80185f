"""The real Secret Service of a desktop, on a session bus of its own, where its daemon is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_ASK = """
from app.domain.refusal import Unavailable
from app.vault.keystore import SystemKeyStores
store = SystemKeyStores(30).chosen()
print(store and store.name)
try:
    store.put("pepper s1", "ab")
    print(store.get("pepper s1"))
except Unavailable as world:
    print(world)
"""
_UNLOCKED = 'printf x | gnome-keyring-daemon --unlock --components=secrets && exec "$0" -c "$1"'
_LOCKED = 'gnome-keyring-daemon --start --components=secrets && exec "$0" -c "$1"'
_NAME = "keyring.backends.SecretService.Keyring"
_NEEDED = ("dbus-run-session", "gnome-keyring-daemon")


def said(home: Path, script: str, bus: bool = True) -> list[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "GNOME_KEYRING_CONTROL"}
    }
    home.chmod(0o700)
    environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "XDG_DATA_HOME": str(home / "data")}
    command = ["dbus-run-session", "--"] if bus else []
    command += ["sh", "-c", script, sys.executable, _ASK]
    found = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    return found.stdout.splitlines()[-2:]


@pytest.mark.skipif(
    any(shutil.which(name) is None for name in _NEEDED), reason=f"needs {' and '.join(_NEEDED)}"
)
def test_it_keeps_a_secret_while_it_is_unlocked_and_says_when_it_is_locked(tmp_path: Path) -> None:
    assert said(tmp_path, _UNLOCKED) == [_NAME, "ab"]
    name, answer = said(tmp_path, _LOCKED)
    assert (name, answer) == (
        _NAME,
        "The Secret Service of this system cannot be used (KeyringLocked). Unlock it and try again.",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have a key store without a session")
def test_a_computer_without_a_session_has_no_key_store(tmp_path: Path) -> None:
    assert said(
        tmp_path,
        'exec "$0" -c "from app.vault.keystore import SystemKeyStores as s; print(s().chosen())"',
        bus=False,
    ) == ["None"]
