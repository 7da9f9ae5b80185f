"""Safety stock: units of an item that are never promised, from anywhere or from one site."""

from __future__ import annotations

import json

from pydantic import Field
from sqlalchemy import bindparam, delete, select

from sync.central.commands.catalogue import require_items, require_site
from sync.central.commands.items import put_items
from sync.central.commands.shapes import MOST, Asked, Code, shown
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.prepared import replacing
from sync.central.store.tables import balance, item, site_safety


class SafetyStock(Asked):
    """How many units of an item are kept; those of one `site` are kept beside the item's own."""

    model_config = shown(sku="K-17", site="WH1", qty=3)

    sku: Code
    site: Code | None = None
    qty: int = Field(ge=0, le=MOST)


def keep_safe(act: Act, asked: SafetyStock) -> dict[str, object]:
    """Sets safety stock; what is free by it goes to orders that wait. Nobody loses what is claimed already.

    Raises:
        Refused: the item or the site is unknown.
    """
    require_items(act.conn, [asked.sku])
    if asked.site is None:
        document = json.loads(act.conn.execute(_document, {"which": asked.sku}).scalar_one())
        put_items(act, [document | {"safety": asked.qty}])
    else:
        require_site(act.conn, asked.site)
        if asked.qty:
            _keep.run(act.conn, [{"sku": asked.sku, "site": asked.site, "qty": asked.qty}])
        else:
            act.conn.execute(_forget, {"which": asked.sku, "at": asked.site})
        for owner in act.conn.scalars(_owners, {"which": asked.sku}).all():
            settle(act, owner, {asked.sku})
    return {"sku": asked.sku, "site": asked.site, "safety": asked.qty}


_document = select(item.c.document).where(item.c.sku == bindparam("which"))
_keep = replacing(site_safety, ("sku", "site"))
_forget = delete(site_safety).where(
    site_safety.c.sku == bindparam("which"), site_safety.c.site == bindparam("at")
)
_owners = (
    select(balance.c.owner)
    .where(balance.c.item == bindparam("which"), balance.c.status == "sellable")
    .distinct()
    .order_by(balance.c.owner)
)
