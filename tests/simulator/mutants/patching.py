"""How a bug is put in: attributes of modules and classes, replaced and put back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch


@dataclass(frozen=True, slots=True)
class Mutant:
    """A bug: its name, what is wrong, how it is put in; `copies` when only copied disks can show it."""

    name: str
    what: str
    put_in: Callable[[ExitStack], None]
    copies: bool = False


def swap(where: Any, name: str, new: Any) -> Callable[[ExitStack], None]:
    """One attribute is another one."""
    return lambda stack: stack.enter_context(patch.object(where, name, new))


def everywhere(original: Any, new: Any) -> Callable[[ExitStack], None]:
    """A function is another one, wherever it was imported by its name."""

    def put_in(stack: ExitStack) -> None:
        for module in list(sys.modules.values()):
            names = vars(module).items() if module.__name__.startswith(("app.", "sync.")) else ()
            for name, value in list(names):
                if value is original:
                    stack.enter_context(patch.object(module, name, new))

    return put_in
