"""How is a Word file written so that equal papers have equal bytes?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.document import Document

EPOCH = date(1980, 1, 1)
"""The first day a ZIP archive can hold."""


def packed(document: Document, title: str, day: date) -> bytes:
    """The document as a file whose properties tell its title and day only, not who drew the template."""
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = title, "", ""
    properties.comments, properties.subject, properties.keywords = "", "", ""
    properties.revision = 1
    properties.created = properties.modified = datetime.combine(day, time(), UTC)
    out = BytesIO()
    document.save(out)
    return timeless(out.getvalue())


def timeless(archive: bytes) -> bytes:
    """The same ZIP archive without the moment at which it was written."""
    out = BytesIO()
    with ZipFile(BytesIO(archive)) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(entry(name), old.read(name))
    return out.getvalue()


def entry(name: str, at: datetime | None = None, *, method: int = ZIP_DEFLATED) -> ZipInfo:
    """The head of an archived file that depends on nothing but its name and the clock face of `at`."""
    first = datetime(EPOCH.year, EPOCH.month, EPOCH.day, tzinfo=UTC)
    made = at if at is not None and at.year >= EPOCH.year else first
    head = ZipInfo(name, (made.year, made.month, made.day, made.hour, made.minute, made.second))
    # As on Unix, readable by all: otherwise the machine that writes decides.
    head.compress_type, head.create_system, head.external_attr = method, 3, 0o644 << 16
    return head
