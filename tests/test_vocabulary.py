"""The code and the glossary use the same words, and neither uses those the glossary refuses."""

import ast
import re
from enum import StrEnum
from pathlib import Path

import pytest

from cases.actors import Audience
from cases.records import Role
from cases.status import CaseStatus, ClosingKind

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "cases", "console", "handlers", "kb", "nlu")
GLOSSARY = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
TABLES, REFUSALS = GLOSSARY.split("## Words we refuse")
WORDS = {
    word for line in TABLES.splitlines() if line.startswith("|") for word in re.findall(r"`(\w+)`", line)
}
# Refused in whatever is named; the page refuses others in one meaning only, which no test can tell.
NEVER = {"user", "incident", "agent", "manager", "processor", "helper", "util", "utils", "info", "victim"}
# The Bot API's own word for what the loopback server answers.
NOT_OURS = {"get_webhook_info"}


def table_rows_with(word: str) -> list[str]:
    return [line for line in TABLES.splitlines() if re.match(rf"\| [^|]*`{word}`", line)]


@pytest.mark.parametrize("words", [CaseStatus, Role, Audience, ClosingKind], ids=lambda words: words.__name__)
def test_every_word_of_the_code_stands_in_the_glossary(words: type[StrEnum]) -> None:
    assert {word.value for word in words} <= WORDS


@pytest.mark.parametrize("status", list(CaseStatus))
def test_a_status_is_explained_once(status: CaseStatus) -> None:
    assert len(table_rows_with(status.value)) == 1


def test_the_words_no_name_may_hold_are_those_the_page_refuses() -> None:
    assert {word.removesuffix("s") if word == "utils" else word for word in NEVER} <= set(
        re.findall(r"\w+", REFUSALS)
    )


def named_in(path: Path) -> set[str]:
    """Modules, classes and functions of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {path.stem} | {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def parts_of(name: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def test_no_name_holds_a_refused_word() -> None:
    files = [
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]
    names = {name for path in files for name in named_in(path)} - NOT_OURS
    assert {name for name in names if parts_of(name) & NEVER} == set()
