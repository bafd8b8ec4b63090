"""Every key that code says has its sentence in both languages, and every blank something that fills it."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest
import yaml

from cases import errors
from cases.announce import Told
from cases.danger import DangerLevel
from cases.records import Role
from cases.status import CaseStatus, ClosingKind
from handlers.composing import COMPOSED as COMPOSED_REPLIES
from handlers.wording import LOCALES, SECTIONS, wording

pytestmark = pytest.mark.unit
ROOT = Path(__file__).parents[2]
FILES = [path for folder in ("cases", "handlers", "bot") for path in sorted((ROOT / folder).rglob("*.py"))]
# Keys put together at run time.
COMPOSED = {f"{kind}_alone" for kind in ("photo", "voice", "document", "video")}
HARD_WORDS = ("您被骗了", "保证追回", "安全，请放心", "You were scammed")


def first_strings(name: str) -> set[str]:
    """The first string argument of every call of that name."""
    found = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called == name and node.args and isinstance(node.args[0], ast.Constant):
                found.add(str(node.args[0].value))
    return found


def blanks(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def test_both_languages_have_the_same_keys_and_blanks():
    chinese, english = (wording(locale).sections for locale in LOCALES)
    for section in SECTIONS:
        assert chinese[section].keys() == english[section].keys()
        for key, text in chinese[section].items():
            assert blanks(text) == blanks(english[section][key]), key


def test_every_reply_of_the_code_has_a_sentence():
    said = first_strings("Reply") | first_strings("_about_a_case") | COMPOSED
    from_knowledge = {"check", "check_state", "danger_first"}
    assert from_knowledge <= COMPOSED_REPLIES.keys()
    assert said - from_knowledge - wording("zh-Hans").sections["replies"].keys() == set()


def test_every_button_of_the_code_has_a_label():
    shown = first_strings("Button") | first_strings("d")
    assert shown - wording("zh-Hans").sections["buttons"].keys() == set()


def test_every_refusal_has_a_sentence():
    classes = [
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.DoorError)
    ]
    assert {one.reply_key for one in classes} <= wording("zh-Hans").sections["replies"].keys()


@pytest.mark.parametrize(
    ("section", "codes"),
    [
        ("statuses", list(CaseStatus)),
        ("roles", list(Role)),
        ("dangers", [level.code for level in DangerLevel]),
        ("notices", list(Told)),
    ],
)
def test_every_code_has_a_name(section, codes):
    assert {str(code) for code in codes} == wording("zh-Hans").sections[section].keys()


def test_every_closing_kind_has_a_button():
    assert {f"close_{kind}" for kind in ClosingKind} <= wording("zh-Hans").sections["buttons"].keys()


def test_no_sentence_is_said_by_nobody():
    code = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
    replies = wording("zh-Hans").sections["replies"].keys() - COMPOSED
    assert {key for key in replies if not re.search(rf'"{key}"', code)} == set()


def test_nobody_is_shamed_and_nothing_is_promised():
    for locale in LOCALES:
        text = (ROOT / "handlers" / "wording" / f"{locale}.yml").read_text(encoding="utf-8")
        assert not [word for word in HARD_WORDS if word in text]


def test_the_command_line_speaks_both_languages():
    chinese, english = (
        yaml.safe_load((ROOT / "bot" / "wording" / f"{locale}.yml").read_text(encoding="utf-8"))
        for locale in LOCALES
    )
    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        assert blanks(text) == blanks(english[key]), key
