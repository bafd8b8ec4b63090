"""How papers are called and numbered, and which of them a city uses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import CityRefused
from cases.papers.kinds import LETTERS, PaperKind, title
from cases.papers.numbers import PaperNumber, format_number, read_number
from cases.papers.sets import PaperSet, read_paper_set

pytestmark = pytest.mark.unit


def test_every_kind_has_a_name_of_its_own_in_both_languages() -> None:
    for locale in ("zh-Hans", "en"):
        assert len({title(kind, locale) for kind in PaperKind}) == len(PaperKind)


def test_a_number_reads_as_offices_write_it() -> None:
    assert format_number(PaperKind.PROMPT_LETTER, "云汀综治", 2026, 7) == "云汀综治〔2026〕提示函第0007号"


@given(
    kind=st.sampled_from(PaperKind),
    unit=st.sampled_from(["云汀综治", "柳荫调委", "Ｙ２"]),
    year=st.integers(2000, 9999),
    seq=st.integers(1, 123456),
)
def test_every_number_is_read_back(kind: PaperKind, unit: str, year: int, seq: int) -> None:
    found = read_number(format_number(kind, unit, year, seq))
    assert found is not None
    assert (found.kind, found.year, found.seq) == (kind, year, seq)
    assert format_number(found.kind, found.unit_short, found.year, found.seq) == format_number(
        kind, unit, year, seq
    )


@pytest.mark.parametrize(
    "typed",
    ["云汀综治[2026]警示函第12号", "云汀综治（2026）警示函第0012号", " 云汀综治 〔２０２６〕警示函 第 12 号"],
)
def test_a_number_typed_with_other_brackets_and_widths_is_understood(typed: str) -> None:
    assert read_number(typed) == PaperNumber(PaperKind.WARNING_LETTER, "云汀综治", 2026, 12)


@pytest.mark.parametrize(
    "typed",
    ["", "提示函", "云汀综治〔2026〕表扬信第0001号", "云汀综治〔2026〕提示函第0000号", "〔2026〕提示函第1号"],
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed) is None


@pytest.mark.parametrize(
    ("unit", "year", "seq"), [("", 2026, 1), ("云〔汀", 2026, 1), ("云汀", 26, 1), ("云汀", 2026, 0)]
)
def test_a_number_that_could_not_be_read_back_is_not_written(unit: str, year: int, seq: int) -> None:
    with pytest.raises(ValueError, match=r"short name|four digits"):
        format_number(PaperKind.PROMPT_LETTER, unit, year, seq)


def test_the_default_set_is_one_dossier_two_letters_three_forms() -> None:
    assert read_paper_set("city: {}") == read_paper_set("") == PaperSet()
    assert [len(part) for part in (PaperSet().dossier, PaperSet().letters, PaperSet().forms)] == [1, 2, 3]
    assert set(PaperSet().letters) <= LETTERS
    assert PaperSet().holds(PaperKind.CLOSING_REPORT)
    assert not PaperSet().holds(PaperKind.WARNING_LETTER)


def test_a_city_names_its_own_set() -> None:
    told = read_paper_set(
        "papers: {dossier: [一事一档], letters: [prompt_letter, warning_letter], forms: []}"
    )
    assert told.dossier == ("一事一档",)
    assert told.letters == (PaperKind.PROMPT_LETTER, PaperKind.WARNING_LETTER)
    assert told.forms == ()


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("papers: {letters: [praise]}", ("papers → letters → 1: there is no paper praise.",)),
        (
            "papers: {letters: [reply_slip]}",
            ("papers: reply_slip closes without a reply, so it is not a letter.",),
        ),
        (
            "papers: {letters: [reply_slip], forms: [closing_report, closing_report]}",
            (
                "papers: reply_slip closes without a reply, so it is not a letter.",
                "papers: closing_report is named 2 times.",
            ),
        ),
        ("papers: {letter: []}", ("papers → letter: Extra inputs are not permitted.",)),
        ("papers: [", ("The description of the papers is not valid YAML.",)),
    ],
)
def test_each_fault_of_a_set_is_one_sentence(text: str, faults: tuple[str, ...]) -> None:
    with pytest.raises(CityRefused) as refused:
        read_paper_set(text)
    assert refused.value.faults == faults


@pytest.mark.parametrize("text", ["papers: {dossier: []}", "papers: 一档两函三书"])
def test_a_set_of_another_shape_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(CityRefused) as refused:
        read_paper_set(text)
    assert len(refused.value.faults) == 1
