"""`python -m bot.preparing`: knowledge base and database made ready, in a process that ends.

`up` lives for months beside its children; what only the preparation needs should not stay in its memory.
"""

from __future__ import annotations

import asyncio
import json
import sys

from bot.ending import run_to_its_end
from bot.opening import load_sample, opened
from cases.settings import read_settings
from kb.library import load_library


def main() -> None:
    """Prints whether the sample city was loaded, as JSON; what went wrong is one plain sentence."""
    load_library()
    sys.stdout.write(json.dumps({"sample": asyncio.run(_database())}))


async def _database() -> bool:
    async with opened(read_settings(), sample=False) as database:
        return await load_sample(database)


if __name__ == "__main__":
    run_to_its_end(main)
