"""How many messages a second does `classify` answer in a pipe, start and end of the command included?"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bot.benchmarks.processes import ROOT


class PipeFailed(Exception):
    """`classify` did not answer every message by the model."""


async def classify(texts: Sequence[str], url: str, scratch: Path) -> float:
    """Seconds the whole command takes for all texts against a service that runs; raises PipeFailed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONEDOOR_")}
    environment |= {"PYTHONPATH": str(ROOT), "ONEDOOR_NLU_URL": url, "ONEDOOR_DATA_DIR": str(scratch)}
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "classify", "--jsonl"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=scratch,  # where no .env of a developer lies
        env=environment,
        start_new_session=True,
    )
    try:
        answers, _ = await process.communicate(lines.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    seconds = time.perf_counter() - began
    rows = [json.loads(line) for line in answers.splitlines()]
    if len(rows) != len(texts) or any(row.get("judged_by") != "model" for row in rows):
        raise PipeFailed("classify did not answer every message by the model")
    return seconds
