"""Work orders: units in refurbish stock, each with its steps."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from sync.central.store.tables.base import Number, metadata, words

_LIVE = text("state IN ('open', 'started')")

# `account` is where the units stand while they are worked on; one order at a time stands there. `came_by` is
# the event that put them there, `rule` and `work` are what the policy said. `state`: open, started, done,
# given_up, cancelled. `turn` is the number of the step whose turn it is, one more than there are when all are
# settled; `turn_owner`, `entered_at` and `due_at` are that step's. `late_at` is when it was said to be late.
# `ended_by` is the event that took the units away, `write_off` the request that went with it.
work_order = Table(
    "work_order",
    metadata,
    Column("code", String(), primary_key=True),
    Column("account", Number, ForeignKey("account.id"), nullable=False, index=True),
    Column("qty", BigInteger(), nullable=False),
    words("site", null=True),
    words("came_by"),
    words("policy_ver"),
    words("rule", null=True),
    words("work"),
    words("best"),
    words("otherwise"),
    words("currency"),
    words("state"),
    Column("turn", Integer(), nullable=False),
    words("turn_owner"),
    words("entered_at"),
    words("due_at"),
    words("late_at", null=True),
    words("opened_at"),
    words("started_at", null=True),
    words("started_by", null=True),
    words("ended_at", null=True),
    words("ended_by", null=True),
    words("grade", null=True),
    words("disposition", null=True),
    words("write_off", null=True),
)
Index(
    "uq_work_order_live",
    work_order.c.account,
    unique=True,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
Index(
    "ix_work_order_due",
    work_order.c.due_at,
    work_order.c.code,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
# The steps as the policy had them, and what became of each. `planned_minor` is for one unit, null where the
# policy does not say it in the order's currency; `cost_minor` is of all units. `state`: waiting, done,
# failed, skipped. `parts` is a JSON list of what was used. `note` may hold personal data and is erasable.
work_step = Table(
    "work_step",
    metadata,
    Column("code", String(), ForeignKey("work_order.code"), nullable=False),
    Column("n", Integer(), nullable=False),
    words("id"),
    words("kind"),
    words("caption"),
    words("owner"),
    Column("hours", Integer(), nullable=False),
    Column("planned_minor", BigInteger()),
    words("skipped", null=True),
    words("state"),
    Column("minutes", BigInteger()),
    Column("cost_minor", BigInteger(), nullable=False, server_default="0"),
    Column("parts", Text(), nullable=False, server_default="[]"),
    words("reason", null=True),
    words("note", null=True),
    words("done_by", null=True),
    words("done_at", null=True),
    words("event_id", null=True),
    PrimaryKeyConstraint("code", "n"),
)
