"""What is wrong with a city's description (refused), and what is missing from it (worth knowing)?"""

from __future__ import annotations

from collections.abc import Sequence

from cases.cityfiles.faults import faults
from cases.cityfiles.gaps_duty import nobody_there
from cases.cityfiles.gaps_matters import matters_left_over
from cases.cityfiles.gaps_people import people_missing
from cases.cityfiles.gaps_rules import dead_rules
from cases.cityfiles.whole import CityPlan

__all__ = ["faults", "gaps"]


def gaps(plan: CityPlan, leaves: Sequence[str] = ()) -> list[str]:
    """What a city should know before going live, one sentence each.

    Asked of a sound description only (`faults` is empty). With the leaves of the taxonomy it also says which
    of them no rule covers.
    """
    return [
        *people_missing(plan),
        *nobody_there(plan),
        *dead_rules(plan),
        *matters_left_over(plan, leaves),
    ]
