"""The workbook: its figures can be counted in its own lists, and it holds nobody's name or words."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from builders import a_resident
from histories import ANSWERED, JUNE, S, go, on, opened, scope
from openpyxl import Workbook, load_workbook
from sqlalchemy.ext.asyncio import AsyncSession

from cases.actors import by_resident
from cases.errors import ChainBroken
from cases.measures import book as words
from cases.measures import measures, stars
from cases.measures.areas import areas_of
from cases.measures.book import Names, write_ledger
from cases.measures.cells import Page
from cases.measures.tally import COLUMNS
from cases.records import TimelineEntry
from cases.records.base import Record
from cases.reopening import judge

SHEETS = ["说明", "汇总", "分社区", "分类别(六防六促)", "案件", "三零", "平安法治星", "三率与指标", "明细"]
STORY = "王家的狗整夜叫"
NAMES = Names("zh-Hans", lambda leaf: f"={leaf}")
REFUSED = (
    "排名",
    "名次",
    "rank",
    "打卡",
    "check-in",
    "check_in",
    "checkin",
    "登录",
    "login",
    "logins",
    "在线时长",
    "online",
    "per worker",
    "每人",
)


async def _written(session: AsyncSession, folder: Path, names: Names = NAMES, code: str = "yunting") -> Path:
    out = folder / "ledger.xlsx"
    await write_ledger(session, await scope(session, code), JUNE, out, names=names)
    return out


async def _some(session: AsyncSession) -> None:
    who = await a_resident(session, channel_id=4711)
    closed = await opened(
        session,
        on(2),
        who,
        story=(STORY,),
        contact_name="王五",
        contact_phone="13800000000",
        address="桂花巷9号",
    )
    await go(session, closed, on(3), *ANSWERED)
    await judge(session, closed, who, on(4), solved=True, satisfied=True)
    again = await opened(session, on(5, month_=5))
    await go(session, again, on(3), *ANSWERED, S.CLOSED)
    await go(session, again, on(9), S.REOPENED)
    await opened(session, on(2), grid_code=None)
    await go(session, await opened(session, on(2), grid_code="wenchang-01"), on(4), S.WITHDRAWN)


def _table(file: Path, sheet: str) -> list[tuple[object, ...]]:
    """All rows, each as long as the first one; at their ends a workbook leaves out what is empty."""
    with closing(load_workbook(file, read_only=True)) as book:
        rows = list(book[sheet].iter_rows(values_only=True))
    return [row + (None,) * (len(rows[0]) - len(row)) for row in rows]


async def test_the_sheets_stand_in_their_order_and_a_sample_says_so(
    session: AsyncSession, tmp_path: Path
) -> None:
    file = await _written(session, tmp_path)
    assert load_workbook(file).sheetnames == SHEETS
    assert "示例" in str(_table(file, "说明")[0][0])


async def test_every_figure_of_the_summary_is_the_sum_of_a_column_of_the_cases(
    session: AsyncSession, tmp_path: Path
) -> None:
    await _some(session)
    file = await _written(session, tmp_path)
    head, *cases = _table(file, "案件")
    figures = {row[0]: row[1] for row in _table(file, "汇总")}
    say = words.words("zh-Hans")["columns"]
    for column in COLUMNS:
        place = head.index(say[column])
        assert figures[say[column]] == sum(int(row[place] or 0) for row in cases), column
    assert figures["件数"] == len(cases) == 4
    assert (figures["上月结转"], figures["新登记"], figures["重办"]) == (1, 3, 1)
    assert all(row[2] and row[3] for row in _table(file, "汇总")[1:-1])


async def test_communities_and_families_add_up_to_the_whole(session: AsyncSession, tmp_path: Path) -> None:
    await _some(session)
    file = await _written(session, tmp_path)
    head, *rows = _table(file, "分社区")
    *parts, whole = rows
    for place in range(1, len(head)):
        assert sum(int(row[place]) for row in parts) == whole[place]
    areas = await areas_of(session, await scope(session))
    assert [row[0] for row in parts[:-1]] == [unit.name_zh for unit in areas.communities]


async def test_every_measure_can_be_counted_in_the_rows_behind_it(
    session: AsyncSession, tmp_path: Path
) -> None:
    await _some(session)
    file = await _written(session, tmp_path)
    _, *details = _table(file, "明细")
    looked_at = Counter(row[0] for row in details)
    counted = Counter(row[0] for row in details if row[3])
    _, *figures = _table(file, "三率与指标")
    assert len(figures) == len(measures.measures())
    for name, value, _unit, numerator, denominator, *_more in figures:
        kind = next(one.kind for one in measures.measures().values() if one.names["zh-Hans"] == name)
        if kind == "share" and denominator:
            assert (looked_at[name], counted[name]) == (denominator, numerator)
            assert value == round(100 * int(numerator) / int(denominator), 2)
        if kind == "share" and not denominator:
            assert value == "无"
        if kind == "people":
            assert value == "人工填写"
    codes = {row[0] for row in _table(file, "案件")}
    assert {row[1] for row in details} <= codes
    assert all(row[2] for row in details)


async def test_nobody_s_name_number_address_or_words_are_in_it(session: AsyncSession, tmp_path: Path) -> None:
    await _some(session)
    with ZipFile(await _written(session, tmp_path)) as packed:
        everything = "".join(packed.read(name).decode() for name in packed.namelist())
    for private in (STORY, "王五", "13800000000", "桂花巷9号", "4711", "网格员甲"):
        assert private not in everything


async def test_text_that_looks_like_a_formula_stays_text(session: AsyncSession, tmp_path: Path) -> None:
    await _some(session)
    file = await _written(session, tmp_path)
    sheet = load_workbook(file)["案件"]
    leaves = [sheet.cell(row, 2) for row in range(2, sheet.max_row + 1)]
    assert {cell.data_type for cell in leaves} == {"s"}
    assert all(str(cell.value).startswith("=dispute:") and cell.quotePrefix for cell in leaves)
    with ZipFile(file) as packed:
        assert not any("<f>" in packed.read(name).decode() for name in packed.namelist())


@pytest.mark.unit
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "好\x0b"])
def test_no_cell_is_read_as_a_formula(text: str, tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    Page(book, "一", ["头"], more="（续{number}）", timezone="UTC").write([text])
    book.save(tmp_path / "x.xlsx")
    cell = load_workbook(tmp_path / "x.xlsx")["一"]["A2"]
    assert cell.data_type == "s"


@pytest.mark.unit
def test_a_full_sheet_goes_on_in_the_next_one(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    page = Page(book, "案件", ["头"], more="（续{number}）", timezone="UTC", most=2)
    for number in range(5):
        page.write([number])
    book.save(tmp_path / "x.xlsx")
    read = load_workbook(tmp_path / "x.xlsx")
    assert read.sheetnames == ["案件", "案件（续2）", "案件（续3）"]
    assert [cell.value for name in read.sheetnames for cell in read[name]["A"][1:]] == [0, 1, 2, 3, 4]
    assert all(read[name]["A1"].value == "头" for name in read.sheetnames)


async def test_the_english_ledger_has_the_same_figures(session: AsyncSession, tmp_path: Path) -> None:
    await _some(session)
    chinese = _table(await _written(session, tmp_path), "汇总")
    english = _table(await _written(session, tmp_path, Names("en", str)), "Summary")
    assert [row[1] for row in english[2:]] == [row[1] for row in chinese[2:]]


async def test_an_area_s_ledger_lists_only_its_own_places(session: AsyncSession, tmp_path: Path) -> None:
    await _some(session)
    _, *cases = _table(await _written(session, tmp_path, code="wenchang"), "案件")
    assert len(cases) == 1


async def test_a_history_that_does_not_hold_together_is_not_written(
    session: AsyncSession, tmp_path: Path
) -> None:
    case = await opened(session, on(2))
    session.add(
        TimelineEntry(
            case_id=case.id,
            home_id=case.home_id,
            seq=case.chain_length + 1,
            at=on(3),
            actor_kind=by_resident(1).kind,
            action="moved",
            from_status=S.ARCHIVED,
            to_status=S.REOPENED,
            facts={},
            audience="staff",
            prev_hash="",
            hash="",
        )
    )
    await session.flush()
    with pytest.raises(ChainBroken, match=case.code):
        await _written(session, tmp_path)
    assert not (tmp_path / "ledger.xlsx").exists()


@pytest.mark.unit
def test_no_head_measure_criterion_or_column_is_about_a_worker_or_a_place_in_a_row() -> None:
    told = [
        yaml.safe_load(file.read_text(encoding="utf-8")) for file in (words.FILE, measures.FILE, stars.FILE)
    ]
    columns = [
        f"{table}.{column.name}" for table, one in Record.metadata.tables.items() for column in one.columns
    ]
    text = str([*told, *columns]).lower()
    assert not [word for word in REFUSED if word in text]


async def test_a_score_sheet_can_be_counted_in_the_rows_and_leaves_empty_cells_to_people(
    session: AsyncSession, tmp_path: Path
) -> None:
    await _some(session)
    file = await _written(session, tmp_path)
    head, title, *rows = _table(file, "平安法治星")
    of_people = [place for place, text in enumerate(head) if "人工填写" in str(text)]
    assert len(of_people) == 5
    assert "2026" in str(title[0])
    assert all(row[place] is None for row in rows for place in of_people[:-1])  # the last one counts them
    place = head.index("纠纷七成以上在村（社区）化解") + 1
    _, *details = _table(file, "明细")
    for row in rows:
        behind = [one for one in details if one[0] == "社区化解率 2026" and one[2] == row[0]]
        share = sum(int(one[3]) for one in behind) / len(behind) if behind else "无"
        assert row[place] == (share if isinstance(share, str) else round(share, 4))
