"""The key store of the operating system, through the library `keyring`.

That library finds what a system offers: the Secret Service, KWallet, the keychain, the Credential Manager.
On a computer without any it answers all the same, with a store that refuses everything or forgets
everything, and others may have installed one that writes secrets into plain files. None of these is taken
for a key store.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from app.domain.late import LOADING
from app.domain.refusal import Unavailable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "backhaul"
AT_WORK_S = 10.0
"""How long a bench waits for the key store, in seconds."""
AT_SETTING_UP_S = 120.0
"""How long a person who sets up may take to unlock it, in seconds."""

# Those that keep nothing, and a whole package of plain files and of passwords typed into a terminal.
_NO_STORES = ("keyring.backends.fail.", "keyring.backends.null.", "keyrings.")
# Below this, the library itself recommends none.
_LEAST = 1
_SHOWN = {
    "keyring.backends.SecretService": "the Secret Service of this system",
    "keyring.backends.libsecret": "the Secret Service of this system",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "the keychain of this system",
    "keyring.backends.Windows": "the Credential Manager of this system",
}
_T = TypeVar("_T")


class SystemKeyStore:
    """One store of this system for this user's secrets.

    Args:
        backend: of the library.
        patience_s: how long it may take to answer; it may be asking the user to unlock it.
    """

    def __init__(self, backend: KeyringBackend, patience_s: float) -> None:
        self._backend = backend
        self._patience_s = patience_s
        self.name = _name(backend)

    @property
    def shown(self) -> str:
        """In words."""
        return words_of(self.name)

    def get(self, name: str) -> str | None:
        """The secret of that name, None when there is none.

        Raises:
            Unavailable: it does not answer, is locked, or is not there any more.
        """
        return _asked(self.shown, self._patience_s, lambda: self._backend.get_password(SERVICE, name))

    def put(self, name: str, secret: str) -> None:
        """Keeps a secret under a name.

        Raises:
            Unavailable: as above; nobody knows whether it was kept.
        """
        _asked(self.shown, self._patience_s, lambda: self._backend.set_password(SERVICE, name, secret))


class SystemKeyStores:
    """The stores that this system offers now, or the one that its user chose in the library's settings."""

    def __init__(self, patience_s: float = AT_WORK_S) -> None:
        self._patience_s = patience_s

    def chosen(self) -> SystemKeyStore | None:
        """The best of them; None where there is none, or the settings name none that can be used."""
        return next(iter(self._found()), None)

    def named(self, name: str) -> SystemKeyStore | None:
        """The one of that name, None when it is not there now."""
        return next((store for store in self._found() if store.name == name), None)

    def _found(self) -> list[SystemKeyStore]:
        try:
            found = _asked("the key store of this system", self._patience_s, lambda: list(_backends()))
        except Unavailable:
            # Settings that cannot be read, a session bus that does not answer: as if there were none.
            return []
        return [SystemKeyStore(backend, self._patience_s) for backend in found]


def words_of(name: str) -> str:
    """A store in words, by its name."""
    return next((words for module, words in _SHOWN.items() if name.startswith(f"{module}.")), name)


def _backends() -> Iterator[KeyringBackend]:
    """What is good enough, best first: of the settings alone where they name one."""
    with LOADING:
        from keyring import backend, core  # noqa: PLC0415 - it looks for plug-ins, which takes a while
        from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415 - as above

    set_up = core.load_env() or core.load_config()
    if set_up is not None:
        yield from filter(_is_store, set_up.backends if isinstance(set_up, ChainerBackend) else [set_up])
        return
    # Loads plug-ins, once; which of them can be used is asked anew each time.
    backend.get_all_keyring()
    viable = [kind() for kind in backend.KeyringBackend.get_viable_backends() if kind is not ChainerBackend]
    yield from sorted(filter(_is_store, viable), key=backend.by_priority, reverse=True)


def _is_store(backend: KeyringBackend) -> bool:
    kinds = [f"{kind.__module__}." for kind in type(backend).__mro__]
    return not any(kind.startswith(_NO_STORES) for kind in kinds) and backend.priority >= _LEAST


def _name(backend: KeyringBackend) -> str:
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"


def _asked(whom: str, patience_s: float, question: Callable[[], _T]) -> _T:
    """The answer to a question that may hang, asked on a thread of its own."""
    answers = queue.SimpleQueue[tuple[_T] | Exception]()

    def ask() -> None:
        try:
            answers.put((question(),))
        except Exception as why:  # noqa: BLE001 - each system throws what it likes; handed over below
            answers.put(why)

    threading.Thread(target=ask, name="key store", daemon=True).start()
    try:
        answer = answers.get(timeout=patience_s)
    except queue.Empty:
        raise Unavailable(f"{_capital(whom)} does not answer. Unlock it and try again.") from None
    if isinstance(answer, Exception):
        # Only the kind of trouble: what such a library says may quote what it was given.
        why = type(answer).__name__
        raise Unavailable(f"{_capital(whom)} cannot be used ({why}). Unlock it and try again.") from answer
    return answer[0]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
