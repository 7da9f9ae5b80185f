"""A real back end of `keyring`: a folder of files, that can be locked, forget, hang or be gone.

A process names it in PYTHON_KEYRING_BACKEND; DRAWER is its folder, DRAWER_MOOD what is wrong with it.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordSetError


class Drawer(KeyringBackend):
    """Secrets in files, each named by who keeps it."""

    priority: float = 50

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        file = self._file(service, username)
        return file.read_text() if file.exists() else None

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        match self._mood():
            case "full":
                raise PasswordSetError(f"no room for {password}")
            case "forgets":
                return
            case _:
                self._file(service, username).write_text(password)

    def _open(self) -> None:
        match self._mood():
            case "locked":
                raise KeyringLocked("the user did not unlock it")
            case "hangs":
                threading.Event().wait()

    @staticmethod
    def _mood() -> str:
        return os.environ.get("DRAWER_MOOD", "")

    @staticmethod
    def _file(service: str, username: str) -> Path:
        return Path(os.environ["DRAWER"]) / f"{service} {username}"


class Plain(Drawer):
    """Another that its package counts among those nobody recommends."""

    priority = 0.5
