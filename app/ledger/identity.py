"""Who a station is, and what its program says about itself in every event."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from app.domain.fields import Fields


@dataclass(frozen=True, slots=True)
class StationIdentity:
    """What the centre answered at enrolment; `bench` is the number inside unit labels (`L07-...`)."""

    station_id: str
    epoch: int
    bench: str
    site: str
    owner: str
    name: str

    def to_json(self) -> dict[str, object]:
        """The identity as it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: object) -> StationIdentity:
        """Reads what `to_json` wrote."""
        f = Fields(data, "station identity")
        return cls(
            station_id=f.text("station_id"),
            epoch=f.whole("epoch", least=1),
            bench=f.text("bench"),
            site=f.text("site"),
            owner=f.text("owner"),
            name=f.text("name"),
        )


@dataclass(frozen=True, slots=True)
class StationSettings:
    """What every event says of the program: its version, the site's zone (IANA name), this boot."""

    app_ver: str
    tz: str
    boot_id: str
