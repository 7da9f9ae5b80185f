"""Labels to try the documents with: by hand and by chance."""

from __future__ import annotations

import datetime as dt
import string

from hypothesis import strategies as st

from app.documents.label import BENCH_STOCK, PARCEL_STOCK, SHELF_STOCK, LabelStock, UnitLabel
from app.domain.codes import CodeFamily, HumanCode

KETTLE = UnitLabel(
    code="L07-5521-K",
    headline="A RESTOCK",
    place="R-03",
    item_name="Kettle 1.7 L steel",
    sku="K-17-ST",
    serial="SN-994471",
    lot=None,
    quantity=1,
    rma="R-10422-Z",
    date=dt.date(2026, 11, 22),
    station="BENCH 07",
)

STOCKS = (
    BENCH_STOCK,
    LabelStock(57, 32, 300),
    SHELF_STOCK,
    LabelStock(100, 60, 300),
    PARCEL_STOCK,
    LabelStock(101.6, 152.4, 300),
    LabelStock(76, 51, 203),
)

human_codes = st.builds(
    lambda family, bench, number: str(HumanCode(family, bench, number)),
    st.sampled_from((CodeFamily.UNIT_LABEL, CodeFamily.HOLDING_LABEL)),
    st.from_regex(r"\A[0-9]{0,3}\Z"),
    st.integers(0, 10**7),
)
# Any sign of the keyboard; short enough for the narrowest stock.
any_codes = st.one_of(
    st.text(string.digits + string.ascii_letters + string.punctuation, min_size=1, max_size=12),
    st.text("0199A", min_size=1, max_size=12),
)

# Texts as catalogues have them: many scripts, signs that ZPL and PDF treat specially, blanks, controls.
names = st.text(
    st.one_of(
        st.sampled_from("ABCabc 0123 äöüßéèçñ żółćęśŁŻ ΑΒΓαβγ ЖЩЫжщы ^~_\\()<>%&\"'/·—…"),
        st.characters(codec="utf-8", max_codepoint=0x2FFF),
    ),
    min_size=1,
    max_size=80,
).filter(lambda text: bool(text.strip()))
maybe_names = st.one_of(st.none(), names)


def labels(codes: st.SearchStrategy[str]) -> st.SearchStrategy[UnitLabel]:
    """Labels with hard texts, every mark and every missing field."""
    return st.builds(
        UnitLabel,
        code=codes,
        headline=names,
        place=st.one_of(st.just(""), names),
        item_name=names,
        sku=names,
        serial=maybe_names,
        lot=maybe_names,
        quantity=st.integers(1, 999_999),
        rma=maybe_names,
        date=st.dates(),
        station=names,
        training=st.booleans(),
        copy=st.booleans(),
        holding=st.booleans(),
        remark=st.one_of(st.just(""), names),
    )
