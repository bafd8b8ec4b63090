"""What does an official Chinese paper look like: page, type, and the blocks it is built of?

Margins and sizes follow GB/T 9704-2012 for official documents, in type that Word and LibreOffice both have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from cases.papers.fields import BLANK, BLANK_DATE

SONG, FANG, HEI = "宋体", "仿宋", "黑体"
LATIN = "Times New Roman"
TEXT_WIDTH = Mm(210 - 28 - 26)
LABEL, CONTENT = Mm(28), Mm(50)
BODY = {"letter": Pt(16), "form": Pt(12), "cover": Pt(16)}
LINE = {"letter": Pt(28), "form": Pt(20), "cover": Pt(28)}
ROW, TALL = Mm(10), Mm(24)


class Sheet:
    """A paper being laid out, as a `letter`, a `form` or a `cover`."""

    def __init__(self, look: str) -> None:
        self.document: Paper = Document()
        self._look, self._size = look, BODY[look]
        _drop_preview(self.document)
        self._page()
        self._type()
        self._page_number()

    def head(self, title: str) -> None:
        """The title, and under it the case code and the running number."""
        big = self._line(title, size=Pt(36 if self._look == "cover" else 22), font=SONG, bold=True)
        big.alignment = WD_ALIGN_PARAGRAPH.CENTER
        big.paragraph_format.space_before = Mm(40 if self._look == "cover" else 0)
        big.paragraph_format.space_after = Mm(24 if self._look == "cover" else 6)
        big.paragraph_format.line_spacing = 1.2
        under = self._line("受理编号：{{ case_code }}\t{{ number }}", size=Pt(12))
        under.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        under.paragraph_format.space_after = Mm(4)
        if self._look == "letter":
            _rule_below(under)

    def add(self, name: str, content: Any) -> None:
        """A block of the description, by its name."""
        getattr(self, f"_add_{name}")(content)

    def _add_to(self, text: str) -> None:
        self._line(text)

    def _add_p(self, text: str) -> None:
        layout = self._line(text).paragraph_format
        layout.first_line_indent = Length(2 * self._size)
        if self._look == "form":
            layout.space_before = layout.space_after = Mm(1.5)

    def _add_h(self, text: str) -> None:
        heading = self._line(text, font=HEI, bold=True)
        heading.paragraph_format.first_line_indent = Length(2 * self._size)
        heading.paragraph_format.keep_with_next = True

    def _add_note(self, text: str) -> None:
        note = self._line(text, size=Pt(10.5))
        note.paragraph_format.space_before = Mm(2)
        note.paragraph_format.line_spacing = Pt(18)

    def _add_hands(self, signers: Sequence[str]) -> None:
        for number, signer in enumerate(signers):
            line = self._line(f"{signer}：{BLANK}　日期：{BLANK_DATE}", size=Pt(12))
            line.paragraph_format.space_before = Mm(8 if number == 0 else 4)
            line.paragraph_format.keep_with_next = True

    def _add_seal(self, lines: Sequence[str]) -> None:
        for number, text in enumerate(lines):
            line = self._line(text)
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            line.paragraph_format.right_indent = Length(2 * self._size)
            line.paragraph_format.space_before = Mm(12 if number == 0 else 0)
            line.paragraph_format.keep_with_next = number < len(lines) - 1

    def _add_list(self, told: Mapping[str, str]) -> None:
        listed = told["of"]
        self._line(f"{{%p if {listed} %}}")
        self._add_p(told["lead"])
        self._line(f"{{%p for one in {listed} %}}")
        self._add_p("{{ one.no }}. {{ one.name }}")
        self._line("{%p endfor %}")
        self._line("{%p endif %}")

    def _add_form(self, rows: Sequence[Sequence[str]]) -> None:
        table = self._table([LABEL, CONTENT, LABEL, CONTENT])
        for texts in rows:
            row = _new_row(table)
            row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
            row.height = TALL if len(texts) < 4 and self._look == "form" else ROW
            cells = list(row.cells)
            if len(texts) < 4:
                cells = [cells[0], cells[1].merge(cells[3])]
            for number, (cell, text) in enumerate(zip(cells, texts, strict=False)):
                self._write(cell, text, label=number % 2 == 0)
            if len(texts) == 3:
                signed = cells[1].add_paragraph()
                signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                self._say(signed, f"{texts[2]}：{BLANK}　{BLANK_DATE}", size=Pt(12))

    def _add_table(self, told: Mapping[str, Any]) -> None:
        columns = told["columns"]
        shares = sum(column["share"] for column in columns)
        table = self._table([Length(TEXT_WIDTH * column["share"] // shares) for column in columns])
        self._row(table, [column["label"] for column in columns], label=True)
        self._row(table, [f"{{%tr for row in {told['of']} %}}"])
        self._row(table, [f"{{{{ row.{column['field']} }}}}" for column in columns])
        self._row(table, ["{%tr endfor %}"])
        heading = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(heading)

    def _row(self, table: Table, texts: Sequence[str], *, label: bool = False) -> None:
        row = _new_row(table)
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, ROW
        for cell, text in zip(row.cells, texts, strict=False):
            self._write(cell, text, label=label)

    def _table(self, widths: Sequence[Length]) -> Table:
        table: Table = self.document.add_table(rows=0, cols=len(widths), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        return table

    def _write(self, cell: _Cell, text: str, *, label: bool) -> None:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        line = cell.paragraphs[0]
        if label:
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._say(line, text, size=Pt(12 if self._look != "cover" else 16), font=HEI if label else FANG)

    def _line(
        self, text: str, *, size: Length | None = None, font: str = FANG, bold: bool = False
    ) -> Paragraph:
        line = self.document.add_paragraph()
        self._say(line, text, size=size or self._size, font=font, bold=bold)
        return line

    def _say(self, line: Paragraph, text: str, *, size: Length, font: str = FANG, bold: bool = False) -> None:
        run = line.add_run(text)
        run.font.size, run.font.bold, run.font.name = size, bold, LATIN
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37 if self._look != "form" else 28), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(22)

    def _type(self) -> None:
        normal = self.document.styles["Normal"]
        normal.font.name, normal.font.size = LATIN, self._size
        normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FANG)
        layout = normal.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.line_spacing = LINE[self._look]

    def _page_number(self) -> None:
        self.document.styles["Footer"].font.size = Pt(12)
        line = self.document.sections[0].footer.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._say(line, "— ", size=Pt(12), font=SONG)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        line._p.append(field)
        self._say(line, " —", size=Pt(12), font=SONG)


def _new_row(table: Table) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call] # the library left it out
    return row


def _rule_below(line: Paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "8", "space": "4", "color": "auto"}.items():
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    properties = line._p.get_or_add_pPr()
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _drop_preview(document: Paper) -> None:
    """The library's blank page brings a picture of itself along."""
    links = document.part.package.rels
    for link in [key for key, rel in links.items() if rel.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del links[link]
