"""How often a served centre looks for garbage that counting references does not find."""

from __future__ import annotations

import gc

# An allocation makes some ten objects a line, and keeps them until it is written: looked through at every
# 700, as the interpreter would, they cost a quarter of its time.
_YOUNG, _MIDDLE, _OLD = 50_000, 20, 20


def collect_seldom() -> None:
    """For a process that stays: what was loaded by now is looked through no more, the rest seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
