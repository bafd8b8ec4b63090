"""How does a template with values become a Word file, the same bytes for the same values?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate

from cases.errors import DoorError
from cases.papers.fields import LISTS, PLAIN, Values, blank, written
from cases.papers.kinds import PaperKind, title
from cases.papers.packing import EPOCH, packed
from cases.papers.tags import first_fault

OWN = Path(__file__).with_name("templates") / "zh-Hans"
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
# What XML 1.0 cannot hold, lone surrogates included.
UNWRITABLE = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Braces too: docxtpl rewrites some of them after it has filled a template.
SIGNS = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "{": "&#123;",
        "}": "&#125;",
        "\n": "\a",  # docxtpl's sign for a new paragraph like this one
        "\t": '</w:t><w:tab/><w:t xml:space="preserve">',
    }
)


class TemplateBroken(DoorError):
    """A paper's template cannot be used: the file and the field at fault are named."""

    reply_key = "error"

    def __init__(self, file: str, fault: str) -> None:
        super().__init__(f"{file}: {fault}.")
        self.file, self.fault = file, fault


@dataclass(frozen=True, slots=True)
class Templates:
    """Folders of templates named `<kind>.docx`; the first folder that has one wins, a city's before ours."""

    folders: tuple[Path, ...] = (OWN,)

    def find(self, kind: PaperKind) -> Path:
        """The template of a kind; TemplateBroken where no folder has one."""
        for folder in self.folders:
            file = folder / f"{kind}.docx"
            if file.is_file():
                return file
        raise TemplateBroken(f"{kind}.docx", "no folder has this template")


def render(
    kind: PaperKind, values: Values, templates: Templates | None = None, *, locale: str = "zh-Hans"
) -> bytes:
    """A Word file of a kind, filled with what `PaperFields.as_values` gave; what is missing stays a blank.

    Values are text to the last brace: nothing in them is evaluated. Raises TemplateBroken.
    """
    file = (templates or Templates()).find(kind)
    template = _opened(file)
    fault = next((found for xml in _sources(template) if (found := first_fault(xml))), None)
    if fault is not None:
        raise TemplateBroken(file.name, fault)
    try:
        template.render(_context(kind, values, locale), autoescape=True)
    except SyntaxError:  # of XML, as lxml calls it
        raise TemplateBroken(file.name, "a loop or condition starts and ends in different places") from None
    issued = values.get("issued_on")
    return packed(template.docx, title(kind), issued if isinstance(issued, date) else EPOCH)


def check(folder: Path) -> list[str]:
    """What is wrong with a city's own templates, one sentence each: files of no kind, and broken ones."""
    kinds = set(PaperKind)
    found = []
    for file in sorted(folder.glob("*.docx")):
        if file.stem not in kinds:
            found.append(f"{file.name}: there is no paper {file.stem}.")
            continue
        try:
            render(PaperKind(file.stem), {}, Templates((folder,)))
        except TemplateBroken as broken:
            found.append(str(broken))
    return found


class _Strict(DocxTemplate):  # type: ignore[misc] # docxtpl has no types
    """A template whose file properties are never evaluated, and whose outcome has to be whole."""

    def render_properties(self, context: object, jinja_env: object = None) -> None:
        """File properties are ours to write."""

    def fix_tables(self, xml: str) -> object:
        """docxtpl repairs broken XML by leaving words out, so it is looked at first."""
        parse_xml(xml)
        return super().fix_tables(xml)


class _Text:
    """Words on their way into a Word file; `whole` is false for a blank, so that a template can ask."""

    def __init__(self, words: str, *, whole: bool) -> None:
        self._words, self._whole = words, whole

    def __bool__(self) -> bool:
        return self._whole

    def __str__(self) -> str:
        return self._words

    def __html__(self) -> str:
        """The name by which Jinja asks for escaped text."""
        lines = self._words.replace("\r\n", "\n").replace("\r", "\n")
        return UNWRITABLE.sub("", lines).translate(SIGNS)


def _context(kind: PaperKind, values: Values, locale: str) -> dict[str, object]:
    context: dict[str, object] = {name: _text(name, values.get(name), locale) for name in PLAIN}
    context["kind"] = _Text(title(kind, locale), whole=True)
    for name, columns in LISTS.items():
        rows = values.get(name)
        context[name] = [_row(row, columns) for row in rows] if isinstance(rows, tuple | list) else []
    return context


def _text(name: str, value: object, locale: str) -> _Text:
    words = written(name, value, locale)
    return _Text(words, whole=words != blank(name, locale))


def _row(row: Mapping[str, str], columns: frozenset[str]) -> dict[str, _Text]:
    return {column: _Text(str(row.get(column, "")), whole=bool(row.get(column))) for column in columns}


def _opened(file: Path) -> DocxTemplate:
    template = _Strict(BytesIO(file.read_bytes()))
    try:
        template.init_docx()
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError):
        raise TemplateBroken(file.name, "this is not a Word file (.docx)") from None
    return template


def _sources(template: DocxTemplate) -> Iterator[str]:
    """Every part that docxtpl will evaluate, as it will see it."""
    yield template.patch_xml(template.get_xml())
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _, part in template.get_headers_footers(uri):
            yield template.patch_xml(template.get_part_xml(part))
    for part in template.docx.part.package.parts:
        if part.content_type == FOOTNOTES:
            yield template.patch_xml(part.blob.decode("utf-8"))
