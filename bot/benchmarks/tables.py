"""How are the rows shown: a table for people, Markdown when it is piped, JSON for machines?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table

from bot.benchmarks.figures import RATES, Row, shown
from bot.benchmarks.machine import Machine
from bot.words import words

PIPED_WIDTH = 160


@dataclass(frozen=True, slots=True)
class Report:
    """One benchmark's rows. `baseline` names the sentence that says what stands beside `ours`."""

    name: str
    baseline: str
    rows: Sequence[Row]
    notes: Sequence[str] = ()
    ours: str = "bench_ours"
    ratio: str = "bench_ratio"


def show(reports: Sequence[Report], machine: Machine, out: TextIO) -> None:
    """Writes every table; into a pipe or file as Markdown, so that a page can take it as it is."""
    console = Console(file=out)
    if not console.is_terminal:
        console = Console(file=out, width=PIPED_WIDTH)
    for report in reports:
        console.print(_table(report, markdown=not console.is_terminal))
        for note in report.notes:
            console.print(note, highlight=False, soft_wrap=True)
        console.print()
    console.print(machine.sentence(), highlight=False, soft_wrap=True)


def _table(report: Report, *, markdown: bool) -> Table:
    table = Table(box=box.MARKDOWN if markdown else box.SIMPLE_HEAD)
    table.add_column(words(f"bench_{report.name}"))
    table.add_column(words("bench_unit"))
    table.add_column(words(report.ours), justify="right")
    table.add_column(words(report.baseline), justify="right")
    table.add_column(words(report.ratio), justify="right")
    table.add_column(words("bench_target"), justify="right")
    for row in report.rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> tuple[str, ...]:
    return (
        words(row.key, **row.blanks),
        row.unit,
        shown(row.value),
        "–" if row.beside is None else shown(row.beside),
        "–" if row.ratio is None else f"{shown(row.ratio)}×",
        _target(row),
    )


def _target(row: Row) -> str:
    sign = "≥" if row.unit in RATES else "≤"
    limits = [f"{sign} {shown(row.target)}"] if row.target is not None else []
    limits += [f"{sign} {shown(row.ratio_target)}×"] if row.ratio_target is not None else []
    if not limits:
        return ""
    return f"{', '.join(limits)} {'✓' if row.met else '✗'}"


def write_json(reports: Sequence[Report], machine: Machine, file: Path, measured_at: datetime) -> None:
    """All figures with every run's value; OSError when the file cannot be written."""
    content: dict[str, Any] = {
        "measured_at": measured_at.isoformat(timespec="seconds"),
        "machine": machine.as_json(),
        "benchmarks": {
            report.name: {
                "ours": words(report.ours),
                "baseline": words(report.baseline),
                "rows": [row.as_json(words(row.key, **row.blanks)) for row in report.rows],
                "notes": list(report.notes),
            }
            for report in reports
        },
    }
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
