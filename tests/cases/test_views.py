"""The operator's list, one whole case, figures and masks: plain values that print as JSON."""

import json
from pathlib import Path

import pytest
from builders import NOW, a_case, a_resident, linked
from sqlalchemy.ext.asyncio import AsyncSession

from cases import staff_desk
from cases.attachments import keep_file
from cases.figures import case_counts, notice_counts
from cases.listing import case_list, whole_case
from cases.masks import mask_name, mask_phone
from cases.people import erase
from cases.status import CaseStatus


async def test_the_list_is_newest_first_and_plain(session: AsyncSession) -> None:
    codes = [(await a_case(session)).code for _ in range(3)]
    rows = await case_list(session)
    assert [row["code"] for row in rows] == codes[::-1]
    assert json.loads(json.dumps(rows)) == rows
    assert [row["code"] for row in await case_list(session, before=codes[2], limit=1)] == [codes[1]]


async def test_the_list_can_leave_out_what_is_settled(session: AsyncSession) -> None:
    await a_case(session, status=CaseStatus.CLOSED)
    code = (await a_case(session)).code
    assert [row["code"] for row in await case_list(session, owed=True)] == [code]
    assert len(await case_list(session, owed=False)) == 1


async def test_a_whole_case_has_everything_and_masks_contacts(session: AsyncSession, tmp_path: Path) -> None:
    resident = await a_resident(session)
    file = await keep_file(
        session, resident, folder=tmp_path, kind="photo", mime="image/png", content=b"x", now=NOW
    )
    told = {"contact_name": "王大爷", "contact_phone": "13812345678", "attachment_ids": (file.id,)}
    case = await a_case(session, resident=resident, **told)
    worker = await linked(session, "grid-guihua")
    await staff_desk.take(session, worker, case.code, NOW)
    whole = await whole_case(session, case.code.lower())
    assert whole is not None
    assert json.loads(json.dumps(whole)) == whole
    assert whole["contact"] == {"name": "王**", "phone": "138****78"}
    assert (whole["assignee"], whole["unit_zh"], whole["status"]) == ("grid-guihua", "桂花社区", "signed")
    assert [entry["to"] for entry in whole["timeline"]] == ["registered", "accepted", "routed", "signed"]
    assert (whole["timeline_whole"], whole["timeline_fault"]) == (True, None)
    assert [one["body"] for one in whole["statements"]] == ["楼上天天漏水"]
    assert [one["kind"] for one in whole["attachments"]] == ["photo"]


async def test_a_case_nobody_opened_is_none(session: AsyncSession) -> None:
    assert await whole_case(session, "YM-261123-XXXX") is None
    assert await whole_case(session, "nonsense") is None


async def test_an_erased_case_still_prints(session: AsyncSession) -> None:
    resident = await a_resident(session)
    code = (await a_case(session, resident=resident)).code
    await erase(session, resident, NOW)
    session.expire_all()
    whole = await whole_case(session, code)
    assert whole is not None
    assert whole["contact"] == {"name": None, "phone": None}
    assert [one["body"] for one in whole["statements"]] == [None]


async def test_figures_count_by_status_and_state(session: AsyncSession) -> None:
    await linked(session, "grid-guihua")
    await a_case(session)
    await a_case(session, status=CaseStatus.CLOSED)
    counted = await case_counts(session)
    assert set(counted) == {status.value for status in CaseStatus}
    assert (counted["routed"], counted["closed"], counted["declined"]) == (1, 1, 0)
    assert (await notice_counts(session))["pending"] == 2


@pytest.mark.unit
def test_masks_hide_enough() -> None:
    assert mask_phone("13812345678") == "138****78"
    assert mask_phone("110") == "***"
    assert mask_phone(None) is None
    assert mask_name("王大爷") == "王**"
    assert mask_name("") == ""
    assert mask_name(None) is None
