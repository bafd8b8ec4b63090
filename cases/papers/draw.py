"""How do our own Word templates come from their description (`python -m cases.papers.draw`)?"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from cases.papers.kinds import PaperKind, title
from cases.papers.packing import EPOCH, packed
from cases.papers.rendering import OWN
from cases.papers.sheet import Sheet

DESCRIPTION = Path(__file__).with_name("templates.yml")


def drawn() -> dict[PaperKind, bytes]:
    """Every template as a Word file."""
    told: Mapping[str, Mapping[str, Any]] = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    return {kind: _draw(kind, told[kind]) for kind in PaperKind}


def _draw(kind: PaperKind, told: Mapping[str, Any]) -> bytes:
    sheet = Sheet(told["look"])
    sheet.head(told.get("head", title(kind)))
    for block in told["blocks"]:
        for name, content in block.items():
            sheet.add(name, content)
    return packed(sheet.document, title(kind), EPOCH)


def main(folder: Path = OWN) -> None:
    """Writes every template into the folder, over what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, content in drawn().items():
        (folder / f"{kind}.docx").write_bytes(content)


if __name__ == "__main__":
    main(*(Path(given) for given in sys.argv[1:2]))
