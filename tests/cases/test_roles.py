"""Each role × each act, in pairs on the same cases: what it may do goes through, the rest is refused."""

from collections.abc import Mapping

import pytest
from builders import NOW, a_case
from sqlalchemy.ext.asyncio import AsyncSession

from cases import centre_desk, staff_desk
from cases.access import case_for
from cases.errors import CaseNotFound, NotAllowed
from cases.records import Case, Role, Staff
from cases.roles import BREAK_GLASS, CENTRE_ANYWHERE, OWN_UNIT_ONLY, ROLE_MAY, WITHOUT_CONFLICT, Act
from cases.staff import add_staff, staff_by_code
from cases.status import CaseStatus

pure = pytest.mark.unit
HANDLES = {
    Act.TAKE, Act.WORK, Act.NOTE, Act.MEET, Act.EXTEND, Act.CLOSE, Act.SEND_BACK, Act.HAND_OVER, Act.CORRECT,
    Act.INVITE, Act.RECUSE, Act.REPLY,
}  # fmt: skip
RULES = {
    Act.ACCEPT, Act.ROUTE, Act.DECLINE, Act.TRANSFER, Act.MERGE, Act.REVIEW, Act.GRANT, Act.LETTER, Act.VISIT,
    Act.ARCHIVE, Act.EXPORT,
}  # fmt: skip
DANGER = {Act.LOWER_DANGER, Act.REVIEW_DANGER}
SEES = {Act.VIEW, Act.READ}
# Said a second time, from the table of roles and not from the code: whoever changes one changes both.
MAY: Mapping[Role, set[Act]] = {
    Role.VOLUNTEER: SEES | {Act.NOTE, Act.RECUSE},
    Role.EXPERT: SEES | {Act.NOTE, Act.RECUSE},
    Role.GRID_WORKER: SEES | HANDLES | {Act.MEDIATE},
    Role.MEDIATOR: SEES | HANDLES | {Act.MEDIATE},
    Role.HANDLER: SEES | HANDLES | {Act.MEDIATE},
    Role.POLICE: SEES | HANDLES | DANGER,
    Role.CENTRE: SEES | HANDLES | RULES | DANGER,
    Role.AUDITOR: {Act.VIEW, Act.TRAIL},
    Role.ADMIN: set(),
}
# Somebody of each role with a case of their own unit, or one they were invited to.
OWN: Mapping[Role, tuple[str, dict[str, str]]] = {
    Role.VOLUNTEER: ("volunteer-guihua", {}),
    Role.EXPERT: ("lawyer-2", {}),
    Role.GRID_WORKER: ("grid-guihua", {}),
    Role.MEDIATOR: ("mediator-liuyin", {"leaf": "dispute:family"}),
    Role.HANDLER: ("labour-hedong", {"leaf": "dispute:labour"}),
    Role.POLICE: ("police-liuyin", {"leaf": "scam:phishing"}),
    Role.CENTRE: ("centre-liuyin", {"leaf": "service"}),
    Role.AUDITOR: ("auditor-yunting", {}),
    Role.ADMIN: ("admin-yunting", {}),
}


async def seated(session: AsyncSession, role: Role) -> tuple[Staff, Case]:
    code, told = OWN[role]
    person, case = await staff_by_code(session, code), await a_case(session, **told)
    assert person.role is role
    if role in (Role.VOLUNTEER, Role.EXPERT):
        worker = await staff_by_code(session, "grid-guihua")
        await staff_desk.invite_to(session, worker, case.code, person.code, NOW)
    elif role not in (Role.AUDITOR, Role.ADMIN):
        assert case.unit_id == person.unit_id
    return person, case


async def may(session: AsyncSession, person: Staff, case: Case, act: Act) -> bool:
    try:
        await case_for(session, person, case.code, act, NOW)
    except (CaseNotFound, NotAllowed):
        return False
    return True


@pure
def test_the_table_of_roles_is_the_one_agreed_on() -> None:
    assert {role: set(acts) for role, acts in ROLE_MAY.items()} == MAY
    assert set(MAY) == set(Role)


@pure
def test_every_act_is_somebodys_and_no_act_is_everybodys() -> None:
    assert set().union(*MAY.values()) == set(Act)
    for act in Act:
        assert any(act not in acts for acts in MAY.values())


@pure
def test_no_role_has_what_belongs_to_another() -> None:
    assert not MAY[Role.POLICE] & {Act.MEDIATE, *RULES}
    assert not MAY[Role.AUDITOR] & (HANDLES | RULES | {Act.READ})
    assert all(Act.TRAIL not in acts for role, acts in MAY.items() if role is not Role.AUDITOR)
    assert all(Act.EXPORT not in acts for role, acts in MAY.items() if role is not Role.CENTRE)
    assert BREAK_GLASS == SEES


@pure
def test_who_decides_something_has_no_stake_in_it() -> None:
    decides = {Act.TAKE, Act.WORK, Act.MEDIATE, Act.CLOSE, Act.LOWER_DANGER} | RULES - {
        Act.LETTER,
        Act.EXPORT,
    }
    assert decides == WITHOUT_CONFLICT


@pytest.mark.parametrize("role", list(Role))
async def test_with_a_case_of_their_own_each_role_may_do_its_acts_and_no_other(
    session: AsyncSession, role: Role
) -> None:
    person, case = await seated(session, role)
    done = {act for act in Act if await may(session, person, case, act)}
    assert done == MAY[role]


@pytest.mark.parametrize("act", sorted(Act))
async def test_each_act_is_allowed_to_one_and_refused_to_another_on_the_same_case(
    session: AsyncSession, act: Act
) -> None:
    """The pair: whoever may, in their own seat; and on that very case somebody whose role may not."""
    role = next(role for role in OWN if act in MAY[role])
    person, case = await seated(session, role)
    assert await may(session, person, case, act)
    stranger = next(one for one in OWN if act not in MAY[one])
    other = await add_staff(session, name="丙", role=stranger, unit_code=case.unit.code, now=NOW)
    case.assignee_id = other.id
    await session.flush()
    with pytest.raises((NotAllowed, CaseNotFound)):
        await case_for(session, other, case.code, act, NOW)


@pytest.mark.parametrize("act", sorted(OWN_UNIT_ONLY | CENTRE_ANYWHERE))
async def test_nobody_handles_the_substance_in_place_of_another_unit(session: AsyncSession, act: Act) -> None:
    """The police see a dangerous case of another unit, the centre all of its area."""
    case = await a_case(session, leaf="dispute:labour", danger=("crowd",))
    assert case.unit.code == "hedong-labour"
    police = await staff_by_code(session, "police-liuyin")
    assert await may(session, police, case, Act.READ)
    if act in MAY[Role.POLICE]:
        with pytest.raises(NotAllowed):
            await case_for(session, police, case.code, act, NOW)
    centre = await staff_by_code(session, "centre-hedong")
    if act in MAY[Role.CENTRE]:
        assert await may(session, centre, case, act) == (act in CENTRE_ANYWHERE)


async def test_a_centre_takes_only_what_was_given_to_it(session: AsyncSession) -> None:
    centre = await staff_by_code(session, "centre-liuyin")
    theirs = await a_case(session)
    with pytest.raises(NotAllowed):
        await staff_desk.take(session, centre, theirs.code, NOW)
    assert theirs.status is CaseStatus.ROUTED
    own = await a_case(session, leaf="service")
    assert (await staff_desk.take(session, centre, own.code, NOW)).assignee_id == centre.id


async def test_police_do_not_close_another_units_dangerous_case(session: AsyncSession) -> None:
    case = await a_case(session, leaf="dispute:labour", danger=("crowd",), status=CaseStatus.JUDGING)
    police = await staff_by_code(session, "police-liuyin")
    with pytest.raises(NotAllowed):
        await staff_desk.close(session, police, case.code, NOW)
    centre = await staff_by_code(session, "centre-hedong")
    assert (await staff_desk.close(session, centre, case.code, NOW)).status is CaseStatus.CLOSED


async def test_police_see_no_dispute_that_is_none_of_their_concern(session: AsyncSession) -> None:
    police = await staff_by_code(session, "police-liuyin")
    quiet = await a_case(session, danger=("livelihood",))
    with pytest.raises(CaseNotFound):
        await case_for(session, police, quiet.code, Act.VIEW, NOW)
    worker = await staff_by_code(session, "grid-guihua")
    await centre_desk.report_danger(session, worker, quiet.code, "stalking", NOW)
    assert await may(session, police, quiet, Act.READ)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.EXPERT])
async def test_volunteers_and_experts_see_what_they_were_invited_to_and_nothing_else(
    session: AsyncSession, role: Role
) -> None:
    guest, invited = await seated(session, role)
    other = await a_case(session)
    assert await may(session, guest, invited, Act.READ)
    with pytest.raises(CaseNotFound):
        await case_for(session, guest, other.code, Act.VIEW, NOW)
    for act in HANDLES - {Act.NOTE, Act.RECUSE} | RULES | DANGER:
        with pytest.raises(NotAllowed):
            await case_for(session, guest, invited.code, act, NOW)


@pytest.mark.parametrize("role", list(Role))
async def test_a_closed_account_may_nothing_at_all(session: AsyncSession, role: Role) -> None:
    person, case = await seated(session, role)
    person.active = False
    await session.flush()
    for act in Act:
        with pytest.raises(NotAllowed):
            await case_for(session, person, case.code, act, NOW)
