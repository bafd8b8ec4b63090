"""How does a case's danger level rise, and who is called when it does?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import Actor
from cases.announce import Told, tell_duty, tell_members, tell_police, tell_unit
from cases.clocks import running
from cases.danger import NOT_TO_BE_MEDIATED, POLICE_ARE_TOLD_FROM, DangerLevel, level_of
from cases.lines import centre_of
from cases.opening import no_longer_wait
from cases.records import Case, TimelineEntry, UnitKind


async def raise_danger(
    session: AsyncSession, case: Case, codes: Sequence[str], *, actor: Actor, now: datetime
) -> DangerLevel:
    """Adds danger signals and returns the level in force; here it may rise, only a person may lower it."""
    before = case.danger_level
    # Where a person has lowered the level, the old signals are settled: what is said anew counts against it,
    # be it the same as before.
    lowered = before < level_of(case.danger_codes)
    again = lowered and level_of(codes) > before
    fresh = set(codes) if again else set(codes) - set(case.danger_codes)
    if not fresh:
        return before
    known = sorted({*case.danger_codes, *fresh})
    after = max(before, level_of(fresh if lowered else known))
    case.danger_codes, case.danger = known, int(after)
    facts = {"codes": known, "from": before.code, "to": after.code}
    entry = await timeline.append(session, case, "danger_raised", actor=actor, now=now, facts=facts)
    # A grave signal is looked at even where the level can rise no further.
    if after > before or level_of(fresh) >= POLICE_ARE_TOLD_FROM:
        await running.tighten(session, case, now)
        # Whoever it is given to is told of the danger with it.
        if not await no_longer_wait(session, case, now):
            await tell_unit(session, case, Told.DANGER, entry, now, urgent=True)
            await tell_police(session, case, entry, now)
            await tell_duty(session, case, entry, now)
    if case.unit.kind is UnitKind.MEDIATION and NOT_TO_BE_MEDIATED.intersection(fresh):
        await _off_the_mediation_path(session, case, entry, now)
    return after


async def _off_the_mediation_path(
    session: AsyncSession, case: Case, entry: TimelineEntry, now: datetime
) -> None:
    """Nobody may mediate it from now on; the centre is told at once, so that a person gives it elsewhere."""
    centre = await centre_of(session, case.unit)
    if centre is not None:
        await tell_members(session, case, Told.NOT_MEDIATED, entry, now, unit=centre, urgent=True)
