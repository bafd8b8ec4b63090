"""`./onedoor classify`: messages in, verdicts out, as JSON Lines in input order."""

from __future__ import annotations

import asyncio
import codecs
import json
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bot.nlu_service import nlu_service
from bot.words import tell, words
from cases.settings import read_settings
from nlu.client import LONGEST_TEXT, NluClient, NluUnavailable
from nlu.rows import verdict_row
from nlu.rules import understand
from nlu.verdict import judge

BATCH = 128
LARGEST_BATCH = 500_000
"""Characters of one request; the service takes four megabytes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One input line: its message, or what is wrong with it."""

    id: str
    text: str = ""
    forwarded: bool = False
    error: str | None = None


def run(file: Path | None, *, jsonl: bool) -> int:
    """0 when every line was a message, 1 when some were not; the others are answered all the same."""
    return asyncio.run(_classify(file, jsonl=jsonl))


async def _classify(file: Path | None, *, jsonl: bool) -> int:
    faults = 0
    with ExitStack() as stack:
        lines: BinaryIO = sys.stdin.buffer
        if file is not None and str(file) != "-":
            lines = stack.enter_context(file.open("rb"))
        async with nlu_service(read_settings()) as url, NluClient(url) as client:
            async for row in rows(client, asked(lines, jsonl=jsonl)):
                faults += "error" in row
                _write(row)
    sys.stdout.flush()
    return 1 if faults else 0


def _write(row: dict[str, Any]) -> None:
    """JSON is UTF-8 whatever the terminal speaks: a character replaced would move the offsets."""
    sys.stdout.buffer.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def asked(lines: Iterable[bytes], *, jsonl: bool) -> Iterator[Asked]:
    """What each line asks; a broken line keeps its place."""
    for number, raw in enumerate(lines, 1):
        # Notepad begins a file with a mark that belongs to nobody's message.
        told = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
        yield _asked(str(number), told, jsonl=jsonl)


def _asked(number: str, raw: bytes, *, jsonl: bool) -> Asked:
    try:
        line = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        # Guessed characters would be judged "nothing seen", and a warning would be lost unnoticed.
        return Asked(number, error=words("classify_encoding"))
    if not line.strip():
        return Asked(number, error=words("classify_empty"))
    return _from_json(number, line) if jsonl else Asked(number, line)


def _from_json(number: str, line: str) -> Asked:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        return Asked(number, error=words("classify_broken"))
    if not isinstance(given, dict):
        return Asked(number, error=words("classify_no_text"))
    name = _name(given.get("id"), number)
    text = given.get("text")
    if not isinstance(text, str):
        return Asked(name, error=words("classify_no_text"))
    if not text.strip():
        return Asked(name, error=words("classify_empty"))
    return Asked(name, _encodable(text), forwarded=given.get("forwarded") is True)


def _name(given: object, number: str) -> str:
    """The message's own id as text, or the number of its line when it has none."""
    if given is None:
        return number
    return _encodable(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False))


def _encodable(text: str) -> str:
    """Half a surrogate pair, which JSON can spell and UTF-8 cannot, becomes one question mark."""
    return text.encode("utf-8", errors="replace").decode("utf-8")


async def rows(client: NluClient, messages: Iterable[Asked]) -> AsyncIterator[dict[str, Any]]:
    """One object a message, in order, a batch at a time."""
    by_rules_alone = False
    for batch in batches(messages):
        good = [one for one in batch if one.error is None]
        try:
            understood = await client.parse_many([one.text for one in good])
        except NluUnavailable:
            if not by_rules_alone:
                tell("classify_rules")
            by_rules_alone = True
            understood = [understand(one.text) for one in good]
        answers = iter(zip(good, understood, strict=True))
        for one in batch:
            if one.error is not None:
                yield {"id": one.id, "error": one.error}
                continue
            message, meaning = next(answers)
            yield verdict_row(message.id, judge(meaning, forwarded=message.forwarded))


def batches(messages: Iterable[Asked]) -> Iterator[list[Asked]]:
    """The messages in lists that fit into one request each."""
    batch: list[Asked] = []
    size = 0
    for message in messages:
        length = min(len(message.text), LONGEST_TEXT)
        if batch and (len(batch) == BATCH or size + length > LARGEST_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch
