"""六防六促: how many disputes of each family did each unit receive, settle, keep, pass upwards?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.measures.areas import Areas
from cases.measures.families import Family, families
from cases.measures.tally import Sums, Tally
from cases.records import Unit


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A family in one unit's area; `received` counts new and reopened cases."""

    unit: Unit
    family: Family
    received: int
    settled: int
    """closed as substantively solved"""
    open: int
    escalated: int
    """given to a unit of a higher level, or handed on"""


def campaign(tally: Tally, areas: Areas, unit: Unit) -> Sequence[CampaignRow]:
    """The six families for a unit's area, then for each area directly below it, in the city's order."""
    six = [family for family in families() if family.six]
    return [
        _row(area, family, tally.of_family(family.code, areas.below(area)))
        for area in (unit, *areas.children(unit))
        for family in six
    ]


def _row(unit: Unit, family: Family, sums: Sums) -> CampaignRow:
    return CampaignRow(
        unit=unit,
        family=family,
        received=sums["opened"] + sums["reopened"],
        settled=sums["settled"],
        open=sums["open"],
        escalated=sums["escalated"] + sums["transferred"],
    )
