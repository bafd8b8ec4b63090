"""`./onedoor evaluate`: how well the model does on labelled messages, in tables."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.halves import halves, taught
from bot.labelled import TABLES, labelled
from bot.nlu_service import nlu_service
from bot.words import CommandFailed, WrongUse, words
from cases.settings import read_settings
from cases.understanding import Verdict
from kb import taxonomy
from nlu.attacks import ATTACKS, bend
from nlu.client import NluClient, NluUnavailable
from nlu.evaluation import Judged, evaluate
from nlu.evaluation_pages import Findings, html, markdown
from nlu.layouts import LabelledRow
from nlu.set_figures import means
from nlu.verdict import judge

BATCH = 128
READ = (".jsonl", *TABLES)
Asked = tuple[str, bool]
"""a text, and whether it is passed on from somebody else"""
BENT_OF_A_SET = 300
"""fraud messages of a set that are bent, every so many-th: one attack is a whole pass over them"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is written beside the tables on the screen."""

    json: Path | None = None
    html: Path | None = None
    markdown: Path | None = None
    before: Path | None = None
    attacks: bool = False
    halves: bool = False


def run(files: Sequence[Path], wanted: Wanted) -> None:
    """Prints the report over all files together, and writes what is wanted."""
    rows = read(files)
    before = _figures_before(wanted.before)
    findings = asyncio.run(_find(rows, files, wanted, before))
    title = words("evaluate_title", files=len(_files(files)), model=findings.model or "?")
    text = markdown(findings, title=title)
    console = Console()
    console.print(Markdown(text)) if console.is_terminal else print(text)
    if wanted.json:
        figures = json.dumps(findings.as_json(), ensure_ascii=False, indent=1)
        wanted.json.write_text(figures + "\n", encoding="utf-8")
    if wanted.markdown:
        wanted.markdown.write_text(text + "\n", encoding="utf-8")
    if wanted.html:
        wanted.html.write_text(html(findings, title=title), encoding="utf-8")


def read(files: Sequence[Path]) -> list[LabelledRow]:
    """The rows of all files that can tell something: labelled, or harmless whatever else they are."""
    known = frozenset(taxonomy.labels())
    rows = [row for file in _files(files) for row in labelled(file, known, "evaluate_bad")]
    rows = [row for row in rows if row.label is not None or row.harmless]
    if not rows:
        raise CommandFailed("evaluate_nothing")
    return rows


def _files(given: Sequence[Path]) -> list[Path]:
    """The files themselves, and for a folder those in it that can be read."""
    found: list[Path] = []
    for path in given:
        inside = [one for one in path.iterdir() if one.suffix.lower() in READ] if path.is_dir() else [path]
        if not inside:
            raise WrongUse("no_such_file", name=path.name)
        found += sorted(inside)
    return found


def _figures_before(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise CommandFailed("evaluate_before_bad", file=path.name) from None


async def _find(
    rows: Sequence[LabelledRow], files: Sequence[Path], wanted: Wanted, before: dict[str, Any] | None
) -> Findings:
    chosen = sample(rows) if wanted.attacks else []
    asked = [(row.text, row.forwarded) for row in rows]
    bent_texts = {
        attack: [(bend(rows[at].text, attack), rows[at].forwarded) for at in chosen]
        for attack in (ATTACKS if chosen else ())
    }
    if wanted.halves:
        verdicts, bent_verdicts = await _by_halves(rows, asked, chosen, bent_texts)
    else:
        async with nlu_service(read_settings()) as url:
            verdicts = await _ask(url, asked)
            bent_verdicts = {attack: await _ask(url, texts) for attack, texts in bent_texts.items()}
    there = [rows[at] for at in chosen]
    bent = {attack: recall_of_sets(there, told) for attack, told in bent_verdicts.items()}
    judged = [
        Judged(row.label, verdict, len(row.text), row.set, row.harmless)
        for row, verdict in zip(rows, verdicts, strict=True)
    ]
    straight = recall_of_sets(there, [verdicts[at] for at in chosen])
    model = next((verdict.model for verdict in verdicts), None)
    report = evaluate(judged, files=[file.name for file in files], model=model)
    return Findings(report, means(judged), straight, bent, before)


def sample(rows: Sequence[LabelledRow]) -> list[int]:
    """Where at most BENT_OF_A_SET fraud messages of each set stand, spread over it."""
    by_set: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        if (row.label or "").startswith("scam:"):
            by_set[row.set].append(at)
    return [at for each in by_set.values() for at in each[:: max(1, -(-len(each) // BENT_OF_A_SET))]]


def recall_of_sets(rows: Sequence[LabelledRow], verdicts: Sequence[Verdict]) -> float | None:
    """The mean over sets of the share that was flagged; None of nothing."""
    by_set: dict[str, list[bool]] = defaultdict(list)
    for row, verdict in zip(rows, verdicts, strict=True):
        by_set[row.set].append(verdict.risk.flagged)
    shares = [sum(each) / len(each) for each in by_set.values()]
    return sum(shares) / len(shares) if shares else None


async def _by_halves(
    rows: Sequence[LabelledRow],
    asked: Sequence[Asked],
    chosen: Sequence[int],
    bent_texts: Mapping[str, Sequence[Asked]],
) -> tuple[list[Verdict], dict[str, list[Verdict]]]:
    """Each row judged by the model that learnt from the half it is not in."""
    side = halves(rows)
    verdicts: dict[int, Verdict] = {}
    bent: dict[str, dict[int, Verdict]] = {attack: {} for attack in bent_texts}
    for half in (0, 1):
        async with taught([row for row, own in zip(rows, side, strict=True) if own == half]) as url:
            others = [at for at, own in enumerate(side) if own != half]
            verdicts |= dict(zip(others, await _ask(url, [asked[at] for at in others]), strict=True))
            for attack, texts in bent_texts.items():
                places = [place for place, at in enumerate(chosen) if side[at] != half]
                told = await _ask(url, [texts[place] for place in places])
                bent[attack] |= dict(zip(places, told, strict=True))
    in_order = {attack: [told[place] for place in range(len(chosen))] for attack, told in bent.items()}
    return [verdicts[at] for at in range(len(rows))], in_order


async def _ask(url: str, pairs: Sequence[Asked]) -> list[Verdict]:
    """The verdicts of a service on (text, forwarded) pairs, while a bar moves."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    verdicts: list[Verdict] = []
    async with NluClient(url) as client:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task(words("evaluate_step"), total=len(pairs))
            for start in range(0, len(pairs), BATCH):
                batch = pairs[start : start + BATCH]
                verdicts += await _judge_batch(client, batch)
                progress.advance(task, len(batch))
    return verdicts


async def _judge_batch(client: NluClient, batch: Sequence[Asked]) -> list[Verdict]:
    try:
        understood = await client.parse_many([text for text, _ in batch])
    except NluUnavailable as failed:
        raise CommandFailed("nlu_not_started", reason=str(failed)) from None
    return [
        judge(meaning, forwarded=forwarded) for (_, forwarded), meaning in zip(batch, understood, strict=True)
    ]
