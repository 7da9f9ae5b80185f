"""The fold of moves: what every account holds by nothing but its moves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from sync.central.store.tables import move

_ends = union_all(
    select(move.c.target.label("account"), move.c.qty),
    select(move.c.source.label("account"), (move.c.qty * literal(-1)).label("qty")),
).subquery()

# One row for each account that ever moved, those at zero included.
FOLD: Select[Any] = select(_ends.c.account, func.sum(_ends.c.qty).label("qty")).group_by(_ends.c.account)
