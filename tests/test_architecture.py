"""Imports point inward, foreign libraries stay in their folder, and files stay small."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[1]
OURS = {"bot", "handlers", "nlu", "kb", "cases", "console"}
MAY_IMPORT = {
    "bot": {"handlers", "nlu", "kb", "cases"},
    "handlers": {"nlu", "kb", "cases"},
    "nlu": {"kb", "cases"},
    "kb": set(),
    "cases": set(),
    "console": {"nlu", "kb", "cases"},
}
AT_HOME_IN = {
    "aiogram": {"bot", "handlers"},
    "aiohttp": {"bot", "handlers", "nlu"},  # comes with aiogram, and with Rasa in its own environment
    "sqlalchemy": {"cases"},
    "alembic": {"cases"},
    "fastapi": {"console"},
    "starlette": {"console"},
    "jinja2": {"console"},
    "docx": {"cases"},
    "docxtpl": {"cases"},
    "openpyxl": {"cases"},
    "httpx": {"nlu"},
    "rasa": {"nlu"},
    "onnxruntime": {"nlu"},
    "typer": {"bot"},
}
LONGEST_FILE = 300


def source_files() -> list[Path]:
    return [
        path
        for package in sorted(OURS)
        for path in sorted((ROOT / package).rglob("*.py"))
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_keep_to_the_table(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    used = imported(path)
    assert (used & OURS) - {package} <= MAY_IMPORT[package]
    strangers = {name for name, homes in AT_HOME_IN.items() if name in used and package not in homes}
    assert not strangers, f"{strangers} belong elsewhere"


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_answers_one_question(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    assert ast.get_docstring(ast.parse(text)), "a module says which question it answers"


def test_every_package_of_the_table_exists() -> None:
    assert {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} == OURS
