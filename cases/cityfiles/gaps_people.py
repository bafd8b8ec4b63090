"""Where does a city lack people: grids, posts, centres, teams, experts?"""

from __future__ import annotations

from collections.abc import Iterator

from cases.cityfiles.naming import told_of
from cases.cityfiles.people import ConflictPlan, MemberPlan
from cases.cityfiles.rules import ClockPlan
from cases.cityfiles.whole import CityPlan
from cases.clocks.rules import ExtendedBy, OwedBy
from cases.records import ClockUnit, Role, UnitKind

LEADS = "director"
"""the post of who decides on extensions and rulings, `cases.records.Staff.post`"""
PRESSED = (OwedBy.UNIT, OwedBy.CENTRE, OwedBy.SUPERIOR, OwedBy.FIRST_RECEIVER)


def people_missing(plan: CityPlan) -> Iterator[str]:
    """Sentences on what nobody does."""
    yield from _unworked_grids(plan)
    yield from _posts_not_held(plan)
    yield from _communities_without_grids(plan)
    yield from _clocks_nobody_extends(plan)
    yield from _lonely_centres(plan)
    yield from _idle_teams(plan)
    yield from _experts_in_conflict(plan)


def _without_worker(plan: CityPlan) -> list[str]:
    worked = {code for person in plan.staff if person.role is Role.GRID_WORKER for code in person.grids}
    return [code for code in plan.book.grids if code not in worked]


def _unworked_grids(plan: CityPlan) -> Iterator[str]:
    yield from told_of(
        _without_worker(plan), "The grid {} has no grid worker.", "{} grids have no grid worker"
    )


def _posts_not_held(plan: CityPlan) -> Iterator[str]:
    if plan.staffing is None:
        return
    held, unworked = plan.book.holders(), set(_without_worker(plan))
    missing: dict[str, list[str]] = {}
    for code, placed in plan.book.grids.items():
        for post in plan.staffing.of(placed.plan.kind):
            named_already = code in unworked and plan.book.posts[post].role is Role.GRID_WORKER
            if post not in held.get(code, {}) and not named_already:
                missing.setdefault(post, []).append(code)
    for post, codes in missing.items():
        what = f"the post {post} ({plan.book.posts[post].zh})"
        yield from told_of(
            codes, f"The grid {{}} has nobody for {what}.", f"{{}} grids have nobody for {what}"
        )


def _communities_without_grids(plan: CityPlan) -> Iterator[str]:
    empty = [
        code
        for code, area in plan.book.areas.items()
        if area.kind is UnitKind.COMMUNITY and not area.plan.grids
    ]
    yield from told_of(
        empty,
        "The community {} has no grids, so nobody can choose it as a place.",
        "{} communities have no grids, so nobody can choose them as a place",
    )


def _clocks_nobody_extends(plan: CityPlan) -> Iterator[str]:
    for clock in plan.clocks:
        if clock.extension is None and clock.unit is not ClockUnit.HOURS and clock.owed_by in PRESSED:
            yield f"The clock {clock.known_as} has no extension, so nobody can lengthen it."


def _lonely_centres(plan: CityPlan) -> Iterator[str]:
    """Somebody else than the asker decides on an extension."""
    if not any(_decided_at_a_centre(clock) for clock in plan.clocks):
        return
    at_work: dict[str, list[str | None]] = {
        unit.code: [] for unit in plan.book.units.values() if unit.kind is UnitKind.CENTRE
    }
    for person in plan.staff:
        if person.role is Role.CENTRE and person.unit in at_work:
            at_work[person.unit].append(person.post)
    yield from told_of(
        [code for code, posts in at_work.items() if len(posts) < 2],
        "At the centre {} there is nobody else to decide on an extension: two members of staff are needed.",
        "At {} centres there is nobody else to decide on an extension: two members of staff are needed",
    )
    yield from told_of(
        [code for code, posts in at_work.items() if posts and LEADS not in posts],
        f"At the centre {{}} nobody has the post {LEADS}.",
        f"At {{}} centres nobody has the post {LEADS}",
    )


def _decided_at_a_centre(clock: ClockPlan) -> bool:
    return clock.extension is not None and clock.extension.who in (ExtendedBy.CENTRE, ExtendedBy.LEADER)


def _idle_teams(plan: CityPlan) -> Iterator[str]:
    without = [team.code for team in plan.teams if not team.villages and not team.pool]
    yield from told_of(without, "The team {} is bound to no village.", "{} teams are bound to no village")
    empty = [team.code for team in plan.teams if not team.members]
    yield from told_of(empty, "The team {} has no members.", "{} teams have no members")


def _experts_in_conflict(plan: CityPlan) -> Iterator[str]:
    """Experts whose conflict of interest leaves no pool with somebody else of their profession."""
    told = [member for team in plan.teams if team.pool for member in team.members]
    pools = list({(member.staff, member.profession): member for member in told}.values())
    alone = [
        f"{member.staff} ({member.profession})"
        for member in pools
        if any(not _somebody_else(plan, pools, member, conflict) for conflict in _conflicts(plan, member))
    ]
    yield from told_of(
        alone,
        "The expert {} has a conflict of interest, and no pool has anybody else of that profession.",
        "{} experts have a conflict of interest, and no pool has anybody else of their profession",
    )


def _somebody_else(
    plan: CityPlan, pools: list[MemberPlan], member: MemberPlan, conflict: ConflictPlan
) -> bool:
    return any(
        other.staff != member.staff
        and other.profession == member.profession
        and not any(_covers(own, conflict) for own in _conflicts(plan, other))
        for other in pools
    )


def _conflicts(plan: CityPlan, member: MemberPlan) -> tuple[ConflictPlan, ...]:
    return plan.book.staff[member.staff].conflicts


def _covers(own: ConflictPlan, other: ConflictPlan) -> bool:
    """Whether somebody with the one could not stand in because of the other."""
    return own.grid in (None, other.grid) and own.leaf in (None, other.leaf)
