"""What belongs into the dossier (卷宗) of a case, and how is it written so that it proves itself?"""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cases import attachments, timeline
from cases.access import Act, case_for
from cases.actors import Actor, ActorKind, by_staff
from cases.papers.at_hand import thawed
from cases.papers.dossier import CHUNK, DossierItem, build
from cases.papers.drawing import document_of
from cases.papers.fields import PaperFields, written_date
from cases.papers.filling import fields_for
from cases.papers.issuing import held, issue, papers_of
from cases.papers.keeping import CONTEXT, FOLDER
from cases.papers.kinds import PaperKind
from cases.papers.names import name_of, sentence
from cases.papers.rendering import Templates
from cases.papers.timeline_files import timeline_items
from cases.places import city_of
from cases.records import Attachment, Case, Paper, Staff, Statement, Unit
from cases.sealed_files import path_of, unseal
from cases.statements import statements_of

OWN_SHEETS = frozenset({PaperKind.DOSSIER_COVER, PaperKind.DOSSIER_INDEX})
"""Drawn anew for every dossier, since they count what it holds."""
ENDINGS = {"photo": ".jpg", "voice": ".ogg", "video": ".mp4", "document": ".bin"}
"""For a file whose sender did not say what it is."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything for a dossier but the bytes of its files, which are read when their turn comes."""

    case_id: int
    cover: PaperFields
    items: tuple[DossierItem, ...]
    timezone: str


@dataclass(frozen=True, slots=True)
class Written:
    """A dossier that was written: its files besides table and sums, its bytes, and SHA-256 of the archive."""

    files: int
    size: int
    sha256: str


async def export(
    session: AsyncSession,
    person: Staff,
    code: str,
    out: BinaryIO,
    *,
    folder: Path,
    now: datetime,
    templates: Templates | None = None,
) -> Written:
    """`write_dossier` for a member of staff who may export; the look is logged."""
    case = await case_for(session, person, code, Act.EXPORT, now, lock=True)
    by = by_staff(person.id)
    return await write_dossier(session, case, out, folder=folder, now=now, by=by, templates=templates)


async def write_dossier(
    session: AsyncSession,
    case: Case,
    out: BinaryIO,
    *,
    folder: Path,
    now: datetime,
    by: Actor,
    templates: Templates | None = None,
) -> Written:
    """Writes all there is about a case as one ZIP archive into `out`, a file that can be read and sought.

    Holds the transaction meanwhile; for a large case take `gather`, `pack` and `note_written` one by one.
    Raises what `gather` and `pack` raise; discard `out` then.
    """
    gathered = await gather(session, case, folder=folder, now=now, by=by, templates=templates)
    written = await asyncio.to_thread(pack, gathered, out, templates)
    await note_written(session, gathered, written, now=now, by=by)
    return written


async def gather(
    session: AsyncSession,
    case: Case,
    *,
    folder: Path,
    now: datetime,
    by: Actor,
    templates: Templates | None = None,
) -> Gathered:
    """What a dossier will hold; papers not drawn yet are drawn. Raises what `document_of` raises."""
    case = await held(session, case.id)
    cover = await _cover(session, case, by=by, now=now)
    papers = [paper for paper in await papers_of(session, case) if paper.kind not in OWN_SHEETS]
    for paper in papers:
        if paper.fields is not None:
            await document_of(session, paper, folder=folder, now=now, templates=templates)
    zone = (await city_of(session, case.unit)).timezone
    items = (
        *timeline_items(await timeline.entries(session, case), at=now, origin=name_of("files", "timeline")),
        await _verification(session, case, now, ZoneInfo(zone)),
        *[await _text_item(session, text) for text in await statements_of(session, case)],
        *_file_items(await attachments.attachments_of(session, case), folder),
        *[await _paper_item(session, paper, folder) for paper in papers],
    )
    return Gathered(case.id, cover, items, zone)


def pack(gathered: Gathered, out: BinaryIO, templates: Templates | None = None) -> Written:
    """Writes what was gathered; without a database. Originals are unsealed one at a time.

    Raises AttachmentNotFound or SealBroken for an original that is gone or was changed, DossierItemChanged
    for one that is not what its row says; discard `out` then.
    """
    packed = build(out, gathered.cover, gathered.items, templates=templates, timezone=gathered.timezone)
    size = out.tell()
    out.seek(0)
    digest = sha256()
    while chunk := out.read(CHUNK):
        digest.update(chunk)
    return Written(len(packed), size, digest.hexdigest())


async def note_written(
    session: AsyncSession, gathered: Gathered, written: Written, *, now: datetime, by: Actor
) -> None:
    """Says in the timeline that a dossier was written, and which."""
    case = await held(session, gathered.case_id)
    facts = {"files": written.files, "size": written.size, "sha256": written.sha256}
    await timeline.append(session, case, "dossier_written", actor=by, now=now, facts=facts)


async def _cover(session: AsyncSession, case: Case, *, by: Actor, now: datetime) -> PaperFields:
    """The cover under the number it got when a dossier of the case was first written, as the case is now."""
    key = f"dossier:{case.id}"
    await issue(session, case, PaperKind.DOSSIER_COVER, unit=case.unit, actor=by, now=now, key=key)
    paper = next(one for one in await papers_of(session, case) if one.issuing_key == key)
    unit = await session.get_one(Unit, paper.unit_id)
    zone = ZoneInfo((await city_of(session, unit)).timezone)
    known = await fields_for(session, case, PaperKind.DOSSIER_COVER, now)
    return PaperFields(
        kind=PaperKind.DOSSIER_COVER,
        case_code=case.code,
        number=paper.number,
        unit_name=unit.name_zh,
        issued_on=now.astimezone(zone).date(),
        **thawed({"to_unit": case.unit.name_zh} | known),
    )


async def _verification(session: AsyncSession, case: Case, now: datetime, zone: ZoneInfo) -> DossierItem:
    check = await timeline.verify(session, case)
    outcome = sentence("whole") if check.whole else sentence("broken", seq=check.seq, fault=check.fault)
    at = written_date(now.astimezone(zone))
    words = sentence(
        "verified", code=case.code, at=at, entries=check.entries, head=case.chain_head, outcome=outcome
    )
    name = f"{name_of('files', 'verified')}.txt"
    return DossierItem(name, words.encode(), now, name_of("files", "timeline"))


async def _text_item(session: AsyncSession, text: Statement) -> DossierItem:
    body = text.body if text.body is not None else sentence("erased")
    name = f"{name_of('statements', text.kind)}.txt"
    return DossierItem(name, body.encode(), text.at, await _author(session, text))


async def _author(session: AsyncSession, text: Statement) -> str:
    """A member of staff by name; of a resident only that it was them."""
    if text.author_kind is ActorKind.STAFF and text.author_id is not None:
        person = await session.get(Staff, text.author_id)
        if person is not None:
            return person.name
    return name_of("origins", text.author_kind)


def _file_items(found: Sequence[Attachment], folder: Path) -> Iterable[DossierItem]:
    origin = name_of("origins", ActorKind.RESIDENT)
    for number, file in enumerate(found, start=1):
        name = f"{name_of('attachments', file.kind)}{number}"
        if file.file_key is None:
            yield _gone(name, file.at, origin)
            continue
        path = path_of(folder / attachments.FOLDER, file.file_name)
        content = _later(path, file.file_key, attachments.CONTEXT)
        yield DossierItem(f"{name}{_ending(file)}", content, file.at, origin, file.sha256)


def _ending(file: Attachment) -> str:
    return mimetypes.guess_extension(file.mime) or ENDINGS.get(file.kind, ".bin")


async def _paper_item(session: AsyncSession, paper: Paper, folder: Path) -> DossierItem:
    unit = await session.get_one(Unit, paper.unit_id)
    if paper.file_name is None or paper.file_key is None:
        return _gone(paper.number, paper.issued_at, unit.name_zh)
    content = _later(path_of(folder / FOLDER, paper.file_name), paper.file_key, CONTEXT)
    return DossierItem(f"{paper.number}.docx", content, paper.issued_at, unit.name_zh, paper.sha256)


def _gone(name: str, at: datetime, origin: str) -> DossierItem:
    return DossierItem(f"{name}.txt", sentence("erased").encode(), at, origin)


def _later(path: Path, key: str, context: str) -> Callable[[], Iterable[bytes]]:
    return lambda: (unseal(path, key, context),)
