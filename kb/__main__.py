"""Is the knowledge base in order? `python -m kb check` says so in one line, or names every fault."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from kb.library import Library, LibraryError, load_library


def check(folder: Path | None = None) -> int:
    """0 when everything in the folder is in order; 1 after naming the faults on standard error."""
    try:
        library = load_library(folder)
    except LibraryError as faulty:
        sys.stderr.write(f"{faulty}\n{len(faulty.faults)} faults in the knowledge base.\n")
        return 1
    sys.stdout.write(f"{summary(library)}\n")
    return 0


def summary(library: Library) -> str:
    """One line: what is there, and what a person has to look at again."""
    counts = (
        f"{len(library.scams)} frauds, {len(library.disputes)} disputes, {len(library.services)} services, "
        f"{len(library.guides)} guides, {len(library.hotlines)} hotlines, "
        f"{len(library.first_lines)} first lines"
    )
    late = library.overdue(datetime.now(UTC).date())
    return f"In order: {counts}." + (f" Due for review: {', '.join(late)}." if late else "")


def main(arguments: list[str]) -> int:
    """The command line; 2 for wrong use."""
    if arguments == ["check"]:
        return check()
    sys.stderr.write("Use: python -m kb check\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
