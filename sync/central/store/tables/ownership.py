"""Whose goods and whose records: owners, who may write which record, proposals, identities elsewhere."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, String, Table, Text, text

from sync.central.store.tables.base import Number, metadata, words

# `kind`: entity, client. `parent` is the code of the entity that an owner belongs to.
owner = Table(
    "owner",
    metadata,
    Column("code", String(), primary_key=True),
    words("kind"),
    words("name"),
    words("currency"),
    words("parent", null=True),
    words("changed_at"),
    words("changed_by"),
)

# `entity` is `*` for all that have no row of their own; `owner`: centre, site:CODE, external:NAME.
record_owner = Table(
    "record_owner",
    metadata,
    words("kind"),
    words("entity"),
    words("owner"),
    words("set_at"),
    words("set_by"),
    PrimaryKeyConstraint("kind", "entity"),
)

# `state`: open, accepted, rejected. `against` is the hexadecimal SHA-256 of the stored document that the
# proposal would change, empty for a record that was not there.
proposal = Table(
    "proposal",
    metadata,
    Column("id", Number, primary_key=True),
    words("kind"),
    words("key"),
    Column("document", Text(), nullable=False),
    words("against"),
    words("state"),
    words("proposed_by"),
    words("proposed_at"),
    words("decided_by", null=True),
    words("decided_at", null=True),
    words("reason", null=True),
)
Index(
    "ux_proposal_open",
    proposal.c.kind,
    proposal.c.key,
    proposal.c.proposed_by,
    unique=True,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)

# What a record is called in another system; one identity there names one record here.
external_id = Table(
    "external_id",
    metadata,
    words("kind"),
    words("system"),
    words("external"),
    words("key"),
    PrimaryKeyConstraint("kind", "external", "system"),
)
Index("ix_external_id_key", external_id.c.kind, external_id.c.key)
