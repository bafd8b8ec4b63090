"""Papers as a reader opens them: what is written, what stays blank, and what is never obeyed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as Paper
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsmap, qn

from cases.papers import draw
from cases.papers.fields import BLANK, BLANK_DATE, IndexRow, PaperFields, written_date
from cases.papers.kinds import LETTERS, PaperKind, title
from cases.papers.rendering import FOOTNOTES, OWN, TemplateBroken, Templates, check, render

pytestmark = pytest.mark.unit

EVERY = pytest.mark.parametrize("kind", PaperKind)
MONDAY = date(2026, 11, 23)


def text_of(paper: bytes) -> str:
    """All words of a Word file in their order, table cells included."""
    body = Document(BytesIO(paper)).element.body
    return "\n".join("".join(run.text or "" for run in line.xpath(".//w:t")) for line in body.xpath(".//w:p"))


def asked_by(file: Path) -> set[str]:
    return set(re.findall(r"\{\{ ([a-z_]+) \}\}", text_of(file.read_bytes())))


def full(kind: PaperKind = PaperKind.PROMPT_LETTER, **changed: object) -> PaperFields:
    """Every field with a value that is found again: its own name, or a day of its own."""
    given: dict[str, object] = {"kind": kind, "issued_on": MONDAY, "solved": True, "satisfied": False}
    given |= {
        "attachments": ("照片.jpg", "录音.ogg"),
        "index": (IndexRow("谈话记录", "综治中心", "一月一日"),),
    }
    for number, one in enumerate(fields(PaperFields)):
        if one.name not in given:
            day = date(2027, 1, 1).replace(day=number % 28 + 1)
            given[one.name] = (
                day if "date" in str(one.type) else 7 if "int" in str(one.type) else f"〈{one.name}〉"
            )
    return PaperFields(**(given | changed))  # type: ignore[arg-type]


def template(folder: Path, *lines: str, kind: PaperKind = PaperKind.PROMPT_LETTER) -> Templates:
    """A city's own folder with one template of these lines."""
    paper = Document()
    for line in lines:
        paper.add_paragraph(line)
    paper.save(str(folder / f"{kind}.docx"))
    return Templates((folder, OWN))


@EVERY
def test_a_paper_shows_every_field_its_template_asks_for(kind: PaperKind) -> None:
    given = full(kind)
    text = text_of(render(kind, given.as_values()))
    for name in asked_by(OWN / f"{kind}.docx"):
        value = getattr(given, name)
        if isinstance(value, str):
            assert value in text
        elif isinstance(value, date):
            assert written_date(value) in text
    assert "{" not in text
    assert BLANK_DATE not in text or "签名" in text


@EVERY
def test_a_paper_without_values_is_a_form_to_fill_by_hand(kind: PaperKind) -> None:
    text = text_of(render(kind, {}))
    assert BLANK in text
    assert BLANK_DATE in text
    assert "{" not in text
    assert "None" not in text


@EVERY
def test_every_template_names_case_number_unit_and_day(kind: PaperKind) -> None:
    assert {"case_code", "number", "unit_name", "issued_on"} <= asked_by(OWN / f"{kind}.docx")


def test_every_field_is_asked_for_somewhere() -> None:
    asked = {name for kind in PaperKind for name in asked_by(OWN / f"{kind}.docx")}
    assert {one.name for one in fields(PaperFields)} - asked == {"kind", "attachments", "index"}


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_a_letter_asks_for_a_reply_by_a_day(kind: PaperKind) -> None:
    assert "请于2026年11月30日前书面回复。" in text_of(
        render(kind, full(kind, reply_by=date(2026, 11, 30)).as_values())
    )


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (PaperKind.MEDIATION_APPLICATION, ("不收取任何费用", "随时停止")),
        (PaperKind.MEDIATION_RECORD, ("调解免费、自愿", "调解即告结束", "仲裁、行政、司法")),
        (
            PaperKind.MEDIATION_AGREEMENT,
            ("当事人", "主要事实", "争议事项", "责任", "协议内容", "履行方式", "履行期限", "签名", "盖章"),
        ),
        (PaperKind.JUDICIAL_CONFIRMATION, ("双方当事人", "三十日内共同", "第三十三条")),
        (PaperKind.MEDIATION_TERMINATED, ("仲裁、行政、司法", "〈route〉")),
        (PaperKind.NOT_ACCEPTED, ("〈reason〉", "〈basis〉", "合法途径", "〈route〉")),
    ],
)
def test_papers_of_mediation_say_what_the_law_asks_for(kind: PaperKind, told: tuple[str, ...]) -> None:
    text = text_of(render(kind, full(kind).as_values()))
    assert [words for words in told if words not in text] == []


def test_lists_are_written_line_by_line_and_leave_nothing_where_they_are_empty() -> None:
    given = full(PaperKind.ACCEPTANCE_FORM)
    assert "1. 照片.jpg\n2. 录音.ogg" in text_of(render(given.kind, given.as_values()))
    assert "随附材料" not in text_of(render(given.kind, full(given.kind, attachments=()).as_values()))
    rows = Document(BytesIO(render(PaperKind.DOSSIER_INDEX, full().as_values()))).tables[0].rows
    assert [[cell.text for cell in row.cells] for row in rows][1:] == [
        ["1", "谈话记录", "综治中心", "一月一日"]
    ]


def test_an_answer_is_ticked_and_stays_open_until_it_is_given() -> None:
    kind = PaperKind.RETURN_VISIT_RECORD
    assert "☑ 是　☐ 否" in text_of(render(kind, full(kind, solved=True).as_values()))
    assert "☐ 是　☑ 否" in text_of(render(kind, full(kind, solved=False).as_values()))
    assert text_of(render(kind, full(kind, solved=None, satisfied=None).as_values())).count("☐ 是　☐ 否") == 2


@pytest.mark.parametrize(
    "words",
    [
        "{{ 7*7 }}",
        "{{ number }} {% for x in index %}",
        "{_{ a }_} {# b #} {%p if",
        "<w:p/> & &amp; ]]> \"'",
        "水管💧坏了👨‍👩‍👧 𠮷家",
        "${jndi} %s %(a)s \\n",
    ],
)
def test_a_persons_words_are_text_to_the_last_brace(words: str) -> None:
    for kind in (PaperKind.PROMPT_LETTER, PaperKind.ACCEPTANCE_FORM):
        given = full(kind, facts=words, reason=words, unit_name=words, case_code=words)
        paper = render(kind, given.as_values())
        assert text_of(paper).count(words) >= 3
        assert Document(BytesIO(paper)).core_properties.author == ""


def test_a_list_holds_words_only_too() -> None:
    given = full(PaperKind.ACCEPTANCE_FORM, attachments=("{{ 7*7 }}<b>",))
    assert "1. {{ 7*7 }}<b>" in text_of(render(given.kind, given.as_values()))


def test_line_breaks_become_lines_and_unwritable_signs_vanish() -> None:
    given = full(reason="第一行\r\n第二行\r第三\x07行\x00\ud800")
    assert "第一行\n第二行\n第三行\n" in text_of(render(given.kind, given.as_values()))


def test_equal_values_give_equal_bytes_and_others_do_not() -> None:
    def digest(**changed: object) -> str:
        return sha256(render(PaperKind.PROMPT_LETTER, full(**changed).as_values())).hexdigest()

    assert digest() == digest()
    assert digest() != digest(reason="另有原因")


def test_a_papers_file_tells_its_own_day_and_no_author() -> None:
    paper = render(PaperKind.PROMPT_LETTER, full().as_values())
    properties = Document(BytesIO(paper)).core_properties
    assert properties.created is not None
    assert properties.created.date() == MONDAY
    assert (properties.title, properties.author, properties.last_modified_by) == ("提示函", "", "")
    with ZipFile(BytesIO(paper)) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(1980, 1, 1)}


def test_a_citys_template_goes_before_ours_and_ours_fills_the_gaps(tmp_path: Path) -> None:
    templates = template(tmp_path, "我市格式：{{ to_unit }}")
    assert text_of(render(PaperKind.PROMPT_LETTER, full().as_values(), templates)) == "我市格式：〈to_unit〉"
    assert title(PaperKind.REPLY_SLIP) in text_of(render(PaperKind.REPLY_SLIP, {}, templates))


def test_a_field_that_word_has_torn_apart_is_still_one_field(tmp_path: Path) -> None:
    paper = Document()
    line = paper.add_paragraph("致 {{ to")
    line.add_run("_unit").bold = True
    line.add_run(" }} 收")
    paper.save(str(tmp_path / "prompt_letter.docx"))
    assert (
        text_of(render(PaperKind.PROMPT_LETTER, full().as_values(), Templates((tmp_path,))))
        == "致 〈to_unit〉 收"
    )


def test_a_template_may_ask_whether_something_is_known(tmp_path: Path) -> None:
    templates = template(
        tmp_path, "{%p if court %}", "法院：{{ court }}", "{%p else %}", "无", "{%p endif %}"
    )
    assert text_of(render(PaperKind.PROMPT_LETTER, {"court": "某法院"}, templates)) == "法院：某法院"
    assert text_of(render(PaperKind.PROMPT_LETTER, {}, templates)) == "无"


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["{{ to_unti }}"], "the field {{ to_unti }} is not known"),
        (["{{ facts.__class__ }}"], "the field {{ facts.__class__ }} is not known"),
        (["{{ 7*7 }}"], "the field {{ 7*7 }} is not known"),
        (["{{ facts|upper }}"], "the field {{ facts|upper }} is not known"),
        (["{{ index }}"], "the field {{ index }} is not known"),
        (
            ["{%p for row in index %}", "{{ row.secret }}", "{%p endfor %}"],
            "the field {{ row.secret }} is not known",
        ),
        (["{%p for row in facts %}", "{%p endfor %}"], "the list facts is not known"),
        (["{%p for facts in index %}", "{%p endfor %}"], "a loop cannot use the name facts"),
        (["{%p for row in index %}"], "`for` is never closed"),
        (["{%p if facts %}", "{%p endfor %}"], "`endfor` cannot stand here"),
        (["{% include 'x' %}"], "`include 'x'` cannot stand here"),
        (["{% set x = 1 %}"], "`set x = 1` cannot stand here"),
        (["{{ facts"], "a field is opened with braces that are never closed"),
    ],
)
def test_a_broken_template_names_its_file_and_what_is_wrong(
    tmp_path: Path, lines: list[str], fault: str
) -> None:
    with pytest.raises(TemplateBroken) as broken:
        render(PaperKind.PROMPT_LETTER, {}, template(tmp_path, *lines))
    assert str(broken.value) == f"prompt_letter.docx: {fault}."


def in_footer(paper: Paper) -> None:
    paper.sections[0].footer.paragraphs[0].text = "{{ nothing }}"


def across_a_table(paper: Paper) -> None:
    paper.add_table(rows=1, cols=1).cell(0, 0).text = "{% if facts %}"
    paper.add_paragraph("{% endif %}")


def in_markup(paper: Paper) -> None:
    paper.add_paragraph("x")._p.set(qn("w:rsidR"), "{{ facts }}")


def in_footnotes(paper: Paper) -> None:
    words = f'<w:footnotes xmlns:w="{nsmap["w"]}">{{{{ a }}}}</w:footnotes>'.encode()
    part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, words, paper.part.package)
    paper.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (in_footnotes, "the field {{ a }} is not known"),
        (in_markup, "a field stands where there is no text, such as a picture's name"),
        (in_footer, "the field {{ nothing }} is not known"),
        (across_a_table, "a loop or condition starts and ends in different places"),
    ],
)
def test_faults_outside_the_plain_text_are_found_too(
    tmp_path: Path, spoil: Callable[[Paper], None], fault: str
) -> None:
    paper = Document()
    spoil(paper)
    paper.save(str(tmp_path / "prompt_letter.docx"))
    with pytest.raises(TemplateBroken, match=re.escape(fault)):
        render(PaperKind.PROMPT_LETTER, {}, Templates((tmp_path,)))


def test_file_properties_of_a_template_are_not_evaluated(tmp_path: Path) -> None:
    paper = Document()
    paper.core_properties.title = "{{ 7*7 }}"
    paper.core_properties.comments = "{% broken"
    paper.save(str(tmp_path / "prompt_letter.docx"))
    made = Document(BytesIO(render(PaperKind.PROMPT_LETTER, {}, Templates((tmp_path,)))))
    assert (made.core_properties.title, made.core_properties.comments) == ("提示函", "")


def test_a_city_learns_of_all_faults_in_its_folder(tmp_path: Path) -> None:
    template(tmp_path, "{{ facts }}")
    template(tmp_path, "{{ fact }}", kind=PaperKind.REPLY_SLIP)
    (tmp_path / "warning_letter.docx").write_bytes(b"not a zip")
    with ZipFile(tmp_path / "risk_notice.docx", "w") as archive:
        archive.writestr("a.txt", "a")
    (tmp_path / "letter.docx").write_bytes(b"")
    assert check(tmp_path) == [
        "letter.docx: there is no paper letter.",
        "reply_slip.docx: the field {{ fact }} is not known.",
        "risk_notice.docx: this is not a Word file (.docx).",
        "warning_letter.docx: this is not a Word file (.docx).",
    ]
    assert check(OWN) == []


def test_a_kind_without_any_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateBroken, match=r"reply_slip\.docx: no folder has this template"):
        render(PaperKind.REPLY_SLIP, {}, Templates((tmp_path,)))


def test_english_dates_and_answers_for_a_citys_english_templates(tmp_path: Path) -> None:
    templates = template(tmp_path, "{{ issued_on }} · {{ solved }} · {{ kind }} · {{ satisfied }}")
    given = full(satisfied=None).as_values("en")
    made = text_of(render(PaperKind.PROMPT_LETTER, given, templates, locale="en"))
    assert made == "23 November 2026 · ☑ yes　☐ no · Prompt letter · ☐ yes　☐ no"


def test_the_committed_templates_are_what_the_description_draws(tmp_path: Path) -> None:
    """Contents are compared, since another zlib packs the same contents otherwise."""
    draw.main(tmp_path)
    assert {file.name for file in OWN.iterdir()} == {f"{kind}.docx" for kind in PaperKind}
    for file in sorted(OWN.iterdir()):
        with ZipFile(file) as kept, ZipFile(tmp_path / file.name) as made:
            assert kept.namelist() == made.namelist()
            assert [name for name in kept.namelist() if kept.read(name) != made.read(name)] == [], file.name
    again = draw.drawn()
    assert all((tmp_path / f"{kind}.docx").read_bytes() == content for kind, content in again.items())
