"""`./onedoor city`: loads and checks a city's files."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from bot.opening import opened
from bot.words import CommandFailed, words
from cases.city import Loaded, load_city
from cases.city_check import faults, gaps
from cases.city_plan import read_plan
from cases.errors import CityRefused
from cases.settings import read_settings
from kb import taxonomy


def load(folder: Path) -> None:
    """Loads a city, or lists every fault and changes nothing."""
    try:
        loaded = asyncio.run(_load(folder))
    except CityRefused as refused:
        raise CommandFailed("city_refused", faults="\n".join(refused.faults)) from None
    counted = {"units": loaded.units, "grids": loaded.grids, "staff": loaded.staff, "teams": loaded.teams}
    print(words("city_loaded", **counted))


async def _load(folder: Path) -> Loaded:
    async with opened(read_settings(), sample=False) as database, database.transaction() as session:
        return await load_city(session, folder, datetime.now(UTC))


def check(folder: Path) -> None:
    """Says what is wrong (exit 1) and what to think about before going live."""
    try:
        plan, _ = read_plan(folder)
    except CityRefused as refused:
        raise CommandFailed("city_refused", faults="\n".join(refused.faults)) from None
    found = faults(plan)
    if found:
        raise CommandFailed("city_refused", faults="\n".join(found))
    missing = gaps(plan, _leaves())
    for gap in missing:
        print(f"△ {gap}")
    print(words("city_gaps", count=len(missing)) if missing else words("city_ok"))


def _leaves() -> list[str]:
    """Every leaf that a case may have."""
    families = [f"dispute:{code}" for code in taxonomy.dispute_codes()]
    return [*families, *(f"scam:{code}" for code in taxonomy.scam_codes()), "service", "to_sort"]
