"""The accounts of the books, and which one stands against stock at each end of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.domain.place import Virtual


class Book(StrEnum):
    """An account of an owner's books; the value is its name as it is exported.

    Names are those of beancount: five roots, parts with capitals, joined by colons.
    """

    INVENTORY = "Assets:Inventory"
    RECEIVABLE = "Assets:Receivable"
    VENDOR_CLAIMS = "Assets:VendorClaims"
    PAYOUTS = "Assets:Payouts"
    EXCHANGES = "Assets:Exchanges"
    GOODS_RECEIVED = "Liabilities:GoodsReceived"
    SALES_TAX = "Liabilities:SalesTax"
    WORK_DONE = "Liabilities:WorkDone"
    REFUNDS_DUE = "Liabilities:RefundsDue"
    STORE_CREDIT = "Liabilities:StoreCredit"
    PAYABLE = "Liabilities:Payable"
    OPENING = "Equity:Opening"
    SALES = "Income:Sales"
    SALES_RETURNS = "Income:SalesReturns"
    RETURN_FEES = "Income:ReturnFees"
    RECOVERED = "Income:Recovered"
    COST_OF_SALES = "Expenses:CostOfSales"
    COST_VARIANCE = "Expenses:CostVariance"
    WRITE_OFF = "Expenses:WriteOff"
    UNAPPROVED_LOSS = "Expenses:UnapprovedLoss"
    LIQUIDATED = "Expenses:Liquidated"
    DONATED = "Expenses:Donated"
    RECYCLED = "Expenses:Recycled"
    CLAIM_DIFFERENCES = "Expenses:ClaimDifferences"
    DISPOSAL_FEES = "Expenses:DisposalFees"
    COUNT_DIFFERENCES = "Expenses:CountDifferences"
    REFURBISHMENT = "Expenses:Refurbishment"
    CONVERSION = "Expenses:Conversion"
    UNIDENTIFIED = "Expenses:Unidentified"
    WAIVED = "Expenses:Waived"


AGAINST: Mapping[str, Book] = MappingProxyType(
    {
        Virtual.SUPPLIER: Book.GOODS_RECEIVED,
        Virtual.CUSTOMER: Book.COST_OF_SALES,
        Virtual.SCRAP: Book.WRITE_OFF,
        Virtual.LIQUIDATION: Book.LIQUIDATED,
        Virtual.VENDOR_RETURN: Book.VENDOR_CLAIMS,
        Virtual.DONATED: Book.DONATED,
        Virtual.RECYCLED: Book.RECYCLED,
        Virtual.COUNT: Book.COUNT_DIFFERENCES,
        Virtual.OPENING: Book.OPENING,
        Virtual.CONVERSION: Book.CONVERSION,
        Virtual.UNIDENTIFIED: Book.UNIDENTIFIED,
    }
)
"""By virtual end, the account that stands against stock which comes from there or goes there."""
