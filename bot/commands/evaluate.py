"""`./onedoor evaluate`: how well the model does on labelled messages, in tables."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.labelled import labelled
from bot.nlu_service import nlu_service
from bot.words import CommandFailed, words
from cases.settings import read_settings
from kb import taxonomy
from nlu.client import NluClient, NluUnavailable
from nlu.evaluation import Judged, evaluate
from nlu.evaluation_pages import html, markdown
from nlu.verdict import judge

BATCH = 128


def run(files: Sequence[Path], json_out: Path | None, html_out: Path | None) -> None:
    """Prints the report over all files together; `--json` and `--html` write it too."""
    known = frozenset(taxonomy.labels())
    rows = [row for file in files for row in labelled(file, known, "evaluate_bad")]
    if not rows:
        raise CommandFailed("evaluate_nothing")
    judged, version = asyncio.run(_judge(rows))
    title = words("evaluate_title", files=len(files), model=version or "?")
    report = evaluate(judged, files=[file.name for file in files], model=version)
    text = markdown(report, title=title)
    console = Console()
    console.print(Markdown(text)) if console.is_terminal else print(text)
    if json_out:
        figures = json.dumps(report.as_json(), ensure_ascii=False, indent=1)
        json_out.write_text(figures + "\n", encoding="utf-8")
    if html_out:
        html_out.write_text(html(report, title=title), encoding="utf-8")


async def _judge(rows: Sequence[tuple[str, str, bool]]) -> tuple[list[Judged], str | None]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    judged: list[Judged] = []
    async with nlu_service(read_settings()) as url, NluClient(url) as client:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task(words("evaluate_step"), total=len(rows))
            for start in range(0, len(rows), BATCH):
                batch = rows[start : start + BATCH]
                judged += await _judge_batch(client, batch)
                progress.advance(task, len(batch))
    return judged, next((row.verdict.model for row in judged), None)


async def _judge_batch(client: NluClient, batch: Sequence[tuple[str, str, bool]]) -> list[Judged]:
    try:
        understood = await client.parse_many([text for text, _, _ in batch])
    except NluUnavailable as failed:
        raise CommandFailed("nlu_not_started", reason=str(failed)) from None
    return [
        Judged(label, judge(meaning, forwarded=forwarded))
        for (_, label, forwarded), meaning in zip(batch, understood, strict=True)
    ]
