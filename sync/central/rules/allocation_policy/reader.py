"""Reading an allocation policy and checking it whole: what is published can be obeyed to the letter.

A key that is not known, a value of the wrong type, two entries that contradict each other and an entry that
can have no effect are refused with file, line and key. What is left out is neutral.
"""

from __future__ import annotations

import itertools
import re
import tomllib

from app.domain.reservation import Claim
from sync.central.rules.allocation_policy.allotments import ANY
from sync.central.rules.allocation_policy.places import Places
from sync.central.rules.allocation_policy.reading_allotments import read_allotments
from sync.central.rules.allocation_policy.reading_priority import read_scoring
from sync.central.rules.allocation_policy.section import (
    DEFAULT,
    MOST_ENTRIES,
    Section,
    by_name,
    check_name,
    mistake,
    too_long,
)
from sync.central.rules.allocation_policy.shapes import (
    FIRST_BLOCKS,
    AllocationPolicy,
    Basket,
    Block,
    CategoryRule,
    ChannelRule,
    Exposure,
    Fill,
    Sourcing,
    Split,
    SubstituteRule,
    covers,
)

KIND = "allocation"
"""What the key `kind` holds, by which the document is told from a returns policy."""

LONGEST = 1 << 18
"""Signs of a policy."""

_LONGEST_LINE = 500
# Not by parsing: a mistake elsewhere in the text is for the right reader to name.
_SAYS_KIND = re.compile(rf"""(?m)^[ \t]*kind[ \t]*=[ \t]*["']{KIND}["']""")
_TOP = (
    "kind",
    "version",
    "horizon_days",
    "channels",
    "categories",
    "priority",
    "channel",
    "basket",
    "block",
    "category",
    "allotment",
    "substitute",
    "split",
    "sourcing",
)
_MOST_DAYS = 3_660
_MOST_MINUTES = 60 * 24 * 31
_MOST = 10**9
_MOST_PERCENT = 1_000


def is_allocation_policy(source: str) -> bool:
    """True when a text says that it is an allocation policy, whether or not it is right otherwise."""
    return _SAYS_KIND.search(source) is not None


def read_allocation_policy(source: str, where: str) -> AllocationPolicy:
    """Reads and checks a policy; `where` names the file in refusals.

    Raises:
        Refused: it has a mistake; file, line and key are named.
    """
    _check_lines(source, where)
    try:
        document = tomllib.loads(source)
    except (ValueError, RecursionError) as bad:  # the latter: brackets nested without end
        raise mistake(
            "policy.not_toml", f"{where} is not TOML: {bad}", "an allocation policy", "Mend that line."
        ) from None
    top = Section(document, (), Places(where, source)).only(*_TOP)
    if top.text("kind") != KIND:
        raise top.wrong("kind", f"the word {KIND}")
    check_name(top.text("version"), top.where("version"))
    channels = (*top.words("channels"), DEFAULT)
    categories = (*top.words("categories"), DEFAULT)
    top.inside("channel").declared_names("channel", channels)
    top.inside("category").declared_names("category", categories)
    return AllocationPolicy(
        version=top.text("version"),
        source=source,
        horizon_days=top.maybe_whole("horizon_days", None, least=1, most=_MOST_DAYS),
        scoring=read_scoring(top.inside("priority"), channels),
        channel_rules=_channels(top.tables("channel")),
        category_rules=_categories(top.tables("category")),
        basket=_basket(top.inside("basket")),
        blocks={**FIRST_BLOCKS, **by_name(top.tables("block"), _block)},
        allotments=read_allotments(top.listed("allotment"), channels, categories),
        substitutes=_substitutes(top.listed("substitute"), channels, categories),
        split=_split(top.inside("split")),
        sourcing=_sourcing(top.inside("sourcing")),
    )


def _check_lines(source: str, where: str) -> None:
    """Refuses what would keep the parser busy: a key of n dotted parts costs it n squared."""
    if len(source) > LONGEST:
        raise too_long(where, len(source), "signs", LONGEST)
    for number, line in enumerate(source.split("\n"), 1):
        if len(line) > _LONGEST_LINE:
            raise too_long(f"{where}, line {number}", len(line), "signs in one line", _LONGEST_LINE)


def _channels(sections: tuple[Section, ...]) -> dict[str, ChannelRule]:
    """Every channel's rule; what a channel leaves out is that of `default`."""
    first = ChannelRule(DEFAULT)
    found = {DEFAULT: first}
    for section in sorted(sections, key=lambda s: s.name != DEFAULT):
        found[section.name] = _channel(section, found[DEFAULT])
    return found


def _channel(section: Section, default: ChannelRule) -> ChannelRule:
    section.only("claim", "fill", "ship_complete", "least_life_days", "regions_not_served")
    not_served = section.words("regions_not_served", default.not_served)
    for wide, region in itertools.permutations(not_served, 2):
        if covers(wide, region):
            raise section.dead("regions_not_served", f"{region} lies in {wide}", f"Remove {region}.")
    return ChannelRule(
        channel=section.name,
        claim=Claim(section.choice("claim", (Claim.HARD, Claim.SOFT), default.claim)),
        fill=Fill(section.choice("fill", Fill, default.fill)),
        ship_complete=section.flag("ship_complete", default=default.ship_complete),
        least_life_days=section.whole_or("least_life_days", default.least_life_days, most=_MOST_DAYS),
        not_served=not_served,
    )


def _categories(sections: tuple[Section, ...]) -> dict[str, CategoryRule]:
    """Every category's rule; what a category leaves out is that of `default`."""
    found = {DEFAULT: CategoryRule(DEFAULT)}
    for section in sorted(sections, key=lambda s: s.name != DEFAULT):
        section.only("safety", "exposure")
        default = found[DEFAULT]
        found[section.name] = CategoryRule(
            section.name,
            section.maybe_whole("safety", default.safety, most=_MOST),
            _exposure(section.inside("exposure"), default.exposure),
        )
    for section in sections:
        rules = found.values() if section.name == DEFAULT else (found[section.name],)
        _check_exposure(section.inside("exposure"), [rule.exposure for rule in rules])
    return found


def _exposure(section: Section, default: Exposure) -> Exposure:
    section.only(
        "inbound",
        "transfers",
        "expected_returns",
        "inbound_confidence_percent",
        "pass_rate_percent",
        "horizon_days",
    )
    return Exposure(
        inbound=section.flag("inbound", default=default.inbound),
        transfers=section.flag("transfers", default=default.transfers),
        expected_returns=section.flag("expected_returns", default=default.expected_returns),
        inbound_confidence_percent=section.percent(
            "inbound_confidence_percent", default.inbound_confidence_percent
        ),
        pass_rate_percent=section.percent("pass_rate_percent", default.pass_rate_percent),
        horizon_days=section.whole_or("horizon_days", default.horizon_days, most=_MOST_DAYS),
    )


def _check_exposure(section: Section, spoken_for: list[Exposure]) -> None:
    """Refuses a figure about supplies that are switched off everywhere it holds."""
    needs = {
        "inbound_confidence_percent": ("inbound", any(e.inbound for e in spoken_for)),
        "pass_rate_percent": ("expected_returns", any(e.expected_returns for e in spoken_for)),
        "horizon_days": (
            "inbound, transfers or expected_returns",
            any(e.inbound or e.transfers or e.expected_returns for e in spoken_for),
        ),
    }
    for key, (switch, on) in needs.items():
        if key in section.names() and not on:
            raise section.dead(key, f"{switch} is not switched on", "Switch it on, or remove this key.")


def _basket(section: Section) -> Basket:
    section.only("life_minutes", "most_units")
    neutral = Basket()
    return Basket(
        section.whole_or("life_minutes", neutral.life_minutes, least=1, most=_MOST_MINUTES),
        section.whole_or("most_units", neutral.most_units, least=1, most=_MOST),
    )


def _block(section: Section) -> Block:
    if "keep" not in section.only("keep").names():
        raise section.wrong("keep", "true or false")
    return Block(section.name, section.flag("keep", default=True))


def _substitutes(
    sections: tuple[Section, ...], channels: tuple[str, ...], categories: tuple[str, ...]
) -> tuple[SubstituteRule, ...]:
    if len(sections) > MOST_ENTRIES:
        raise too_long(sections[MOST_ENTRIES].where(), len(sections), "rules about substitutes", MOST_ENTRIES)
    found: list[SubstituteRule] = []
    for section in sections:
        section.only("categories", "channels", "most_price_difference_percent", "needs_consent")
        rule = SubstituteRule(
            section.words("categories"),
            section.words("channels"),
            section.whole("most_price_difference_percent", most=_MOST_PERCENT),
            section.flag("needs_consent", default=True),
        )
        for kind, key, words, known in (
            ("category", "categories", rule.categories, categories),
            ("channel", "channels", rule.channels, channels),
        ):
            if not words:
                raise section.dead(key, "it names nothing", f"Name one, or {ANY} for any.")
            section.declared(kind, key, words, (ANY, *known))
            if ANY in words and len(words) > 1:
                raise section.dead(
                    key, f"{ANY} stands beside other words", f"Leave {ANY} alone, or remove it."
                )
        for number, other in enumerate(found, 1):
            if _holds_all(other.categories, rule.categories) and _holds_all(other.channels, rule.channels):
                why = f"rule {number} decides about everything this one is about"
                raise section.dead("categories", why, "Move it up or remove it.")
        found.append(rule)
    return tuple(found)


def _holds_all(wide: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return ANY in wide or set(words) <= set(wide)


def _split(section: Section) -> Split:
    section.only("most_parcels", "split_cost_minor")
    found = Split(
        section.maybe_whole("most_parcels", None, least=1, most=_MOST),
        section.maybe_whole("split_cost_minor", None, most=_MOST),
    )
    if found.most_parcels == 1 and found.split_cost_minor is not None:
        raise section.dead("split_cost_minor", "an order is never split", "Remove it, or allow more parcels.")
    return found


def _sourcing(section: Section) -> Sourcing:
    section.only("lateness_minor_per_day", "margin_weight_percent")
    return Sourcing(
        section.whole_or("lateness_minor_per_day", 0, most=_MOST),
        section.percent("margin_weight_percent", 0, most=_MOST_PERCENT),
    )
