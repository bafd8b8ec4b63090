"""`./onedoor classify`: messages in, verdicts out, as JSON Lines in input order."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from bot.nlu_service import nlu_service
from bot.words import words
from cases.settings import read_settings
from nlu.client import NluClient, NluUnavailable
from nlu.rows import verdict_row
from nlu.rules import understand
from nlu.verdict import judge

BATCH = 128


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
        async with nlu_service(read_settings()) as url:
            client = NluClient(url)
            async for row in rows(client, asked(lines, jsonl=jsonl)):
                faults += "error" in row
                sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
            await client.close()
    sys.stdout.flush()
    return 1 if faults else 0


def asked(lines: Iterable[bytes], *, jsonl: bool) -> Iterator[Asked]:
    """What each line asks; a broken line keeps its place."""
    for number, raw in enumerate(lines, 1):
        line = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        if not line.strip():
            yield Asked(str(number), error=words("classify_empty"))
        elif jsonl:
            yield _from_json(str(number), line)
        else:
            yield Asked(str(number), line)


def _from_json(number: str, line: str) -> Asked:
    try:
        given = json.loads(line)
    except ValueError:
        return Asked(number, error=words("classify_broken"))
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        return Asked(number, error=words("classify_no_text"))
    name = str(given.get("id", number))
    if not given["text"].strip():
        return Asked(name, error=words("classify_empty"))
    return Asked(name, given["text"], forwarded=bool(given.get("forwarded")))


async def rows(client: NluClient, messages: Iterator[Asked]) -> AsyncIterator[dict[str, Any]]:
    """One object a message, in order, a batch at a time."""
    while batch := list(islice(messages, BATCH)):
        good = [one for one in batch if one.error is None]
        try:
            understood = await client.parse_many([one.text for one in good])
        except NluUnavailable:
            understood = [understand(one.text) for one in good]
        answers = iter(zip(good, understood, strict=True))
        for one in batch:
            if one.error is not None:
                yield {"id": one.id, "error": one.error}
                continue
            message, meaning = next(answers)
            yield verdict_row(message.id, judge(meaning, forwarded=message.forwarded))
