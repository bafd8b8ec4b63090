"""A library that is read once, and a copy of the knowledge base that a test may break."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.library import FOLDER, Library, LibraryError, load_library


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The knowledge base in a folder of its own."""
    folder = tmp_path / "kb"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", "indicators"))
    return folder


@pytest.fixture
def change(copy: Path) -> Callable[[str, Callable[[Any], Any]], Path]:
    """Change one file of the copy through its parsed content; the folder comes back."""

    def changed(file: str, edit: Callable[[Any], Any]) -> Path:
        path = copy / file
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        edit(content)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return copy

    return changed


@pytest.fixture
def faults() -> Callable[[Path], tuple[str, ...]]:
    """Every fault of a folder, none when it is in order."""

    def found(folder: Path) -> tuple[str, ...]:
        try:
            load_library(folder)
        except LibraryError as faulty:
            return faulty.faults
        return ()

    return found
