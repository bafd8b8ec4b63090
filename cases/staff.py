"""Who works behind the door: accounts, one-time invites, and the channels they are linked to?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases import notices
from cases.codes import draw, new_invite, read_invite
from cases.errors import PlaceNotFound, StaffNotFound, TooLong
from cases.places import unit_by_code
from cases.records import Grid, NoticeTo, Role, Staff, StaffChannel, StaffGrid, StaffInvite
from cases.secrets import box_of

INVITE_LASTS = timedelta(hours=72)
LONGEST_NAME = 60


async def add_staff(
    session: AsyncSession,
    *,
    name: str,
    role: Role | str,
    unit_code: str,
    now: datetime,
    code: str | None = None,
    locale: str = "zh-Hans",
    grid_codes: Sequence[str] = (),
) -> Staff:
    """Adds somebody to a unit; PlaceNotFound when the unit or a grid is not in use, ValueError for a role."""
    unit = await unit_by_code(session, unit_code)
    if unit is None:
        raise PlaceNotFound
    if not name.strip() or len(name) > LONGEST_NAME:
        raise TooLong("A name has between 1 and 60 characters.")
    kind = Role(role)
    person = Staff(
        code=code or f"{kind.value.replace('_', '-')}-{draw(5).lower()}",
        name=name.strip(),
        role=kind,
        unit_id=unit.id,
        locale=locale,
        active=True,
        created_at=now,
    )
    session.add(person)
    await session.flush()
    await give_grids(session, person, grid_codes)
    return person


async def give_grids(session: AsyncSession, person: Staff, codes: Sequence[str]) -> None:
    """From now on these grids, and no others, are the worker's own."""
    found = await session.scalars(select(Grid).where(Grid.code.in_(codes), Grid.active))
    grids = found.all()
    if len(grids) != len(set(codes)):
        raise PlaceNotFound
    await session.execute(delete(StaffGrid).where(StaffGrid.staff_id == person.id))
    session.add_all(StaffGrid(staff_id=person.id, grid_id=grid.id) for grid in grids)
    await session.flush()


async def staff_by_code(session: AsyncSession, code: str) -> Staff:
    """The active member of staff of that code, or StaffNotFound."""
    query = select(Staff).where(Staff.code == code.strip().lower(), Staff.active)
    person = (await session.scalars(query)).one_or_none()
    if person is None:
        raise StaffNotFound
    return person


async def everybody(session: AsyncSession, unit_code: str | None = None) -> Sequence[Staff]:
    """All active staff, or those of one unit, by code."""
    query = select(Staff).where(Staff.active).order_by(Staff.code)
    if unit_code is not None:
        unit = await unit_by_code(session, unit_code)
        if unit is None:
            raise PlaceNotFound
        query = query.where(Staff.unit_id == unit.id)
    return (await session.scalars(query)).all()


async def invite(
    session: AsyncSession, person: Staff, now: datetime, *, lasts: timedelta = INVITE_LASTS
) -> str:
    """A one-time code such as `7KQ4A-HJ3FT` that links one channel to this person; only its hash is kept."""
    code = new_invite()
    session.add(
        StaffInvite(
            staff_id=person.id, code_hash=_hash(session, code), created_at=now, expires_at=now + lasts
        )
    )
    await session.flush()
    return code


async def link(
    session: AsyncSession, *, channel: str, channel_id: str | int, code: str, now: datetime
) -> Staff | None:
    """Uses an invite up and links the channel; None when the code is wrong, used, too old or withdrawn.

    A channel belongs to one person: a later invite replaces an earlier link. The console uses it with its own
    channel name and a random session id.
    """
    used = await session.execute(
        update(StaffInvite)
        .where(
            StaffInvite.code_hash == _hash(session, read_invite(code)),
            StaffInvite.used_at.is_(None),
            StaffInvite.expires_at > now,
            StaffInvite.staff_id.in_(select(Staff.id).where(Staff.active)),
        )
        .values(used_at=now)
        .returning(StaffInvite.staff_id)
        .execution_options(synchronize_session=False)
    )
    staff_id = used.scalar()
    if staff_id is None:
        return None
    index = _index(session, channel, channel_id)
    await session.execute(delete(StaffChannel).where(StaffChannel.channel_index == index))
    session.add(
        StaffChannel(
            staff_id=staff_id,
            channel=channel,
            channel_index=index,
            channel_id=str(channel_id),
            linked_at=now,
        )
    )
    await session.flush()
    return await session.get_one(Staff, staff_id)


async def staff_for(session: AsyncSession, *, channel: str, channel_id: str | int) -> Staff | None:
    """The active member of staff linked to a channel's id, if any."""
    index = _index(session, channel, channel_id)
    query = select(Staff).join(StaffChannel).where(StaffChannel.channel_index == index, Staff.active)
    return (await session.scalars(query)).one_or_none()


async def reachable_again(
    session: AsyncSession, *, channel: str, channel_id: str | int, now: datetime
) -> None:
    """A member of staff speaks on a channel: what was blocked there is owed again."""
    came_back = await session.execute(
        update(StaffChannel)
        .where(
            StaffChannel.channel_index == _index(session, channel, channel_id),
            StaffChannel.unreachable_since.is_not(None),
        )
        .values(unreachable_since=None)
        .returning(StaffChannel.staff_id)
        .execution_options(synchronize_session=False)
    )
    staff_id = came_back.scalar()
    if staff_id is not None:
        await notices.owe_again(session, NoticeTo.STAFF, staff_id, now)


async def unlink(session: AsyncSession, *, channel: str, channel_id: str | int) -> bool:
    """Ends a link, such as a console session; false when there was none."""
    index = _index(session, channel, channel_id)
    gone = await session.execute(
        delete(StaffChannel).where(StaffChannel.channel_index == index).returning(StaffChannel.id)
    )
    return gone.scalar() is not None


async def retire(session: AsyncSession, person: Staff, now: datetime) -> None:
    """Closes an account: links and open invites end at once; what the person did stays on record."""
    person.active = False
    await session.execute(delete(StaffChannel).where(StaffChannel.staff_id == person.id))
    open_invites = (StaffInvite.staff_id == person.id, StaffInvite.used_at.is_(None))
    await session.execute(update(StaffInvite).where(*open_invites).values(used_at=now))
    await session.flush()


def _index(session: AsyncSession, channel: str, channel_id: str | int) -> str:
    return box_of(session).index(f"{channel}:{channel_id}", "staff channel")


def _hash(session: AsyncSession, code: str) -> str:
    return box_of(session).index(code, "staff invite")
