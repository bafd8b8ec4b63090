"""`./onedoor cases`: the list, or one whole case with its timeline."""

from __future__ import annotations

import asyncio
import json

from bot.words import CommandFailed


def run(code: str | None, *, as_json: bool) -> None:
    """Prints one case or all of them; a code nobody has is a failure."""
    found = asyncio.run(_read(code))
    if found is None:
        raise CommandFailed("no_such_case")
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    elif isinstance(found, dict):
        _show_case(found)
    else:
        _show_list(found)
