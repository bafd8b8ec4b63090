"""The wording says the same in both languages, kindly; the colours can be read by weak eyes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from console.wording import FOLDER, WordingError, wordings

pytestmark = pytest.mark.unit
ROOT = Path(__file__).parents[2]
STYLE = (ROOT / "console" / "static" / "door.css").read_text(encoding="utf-8")
TEMPLATES = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "console" / "templates").iterdir())
)
SOURCES = TEMPLATES + "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "console").rglob("*.py"))
)


def test_both_languages_have_the_same_keys_and_blanks() -> None:
    assert wordings()["zh-Hans"].sentences.keys() == wordings()["en"].sentences.keys()


def test_a_missing_sentence_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for locale in ("zh-Hans", "en"):
        content = yaml.safe_load((FOLDER / f"{locale}.yml").read_text(encoding="utf-8"))
        if locale == "en":
            content["times"]["moment"] = "{day}"
        (tmp_path / f"{locale}.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr("console.wording.FOLDER", tmp_path)
    with pytest.raises(WordingError, match=r"times\.moment"):
        wordings.__wrapped__()


def test_no_sentence_shames_or_promises() -> None:
    refused = yaml.safe_load((ROOT / "kb" / "refused_words.yml").read_text(encoding="utf-8"))
    for locale, words in wordings().items():
        for key, sentence in words.sentences.items():
            assert not [word for word in refused[locale] if word.lower() in sentence.lower()], key


def test_every_key_a_template_names_exists() -> None:
    named = re.findall(r'say(?:\.series)?\("([\w.]+)"[,)]', TEMPLATES)
    assert len(named) > 50
    sentences = wordings()["en"].sentences
    assert not [key for key in named if key not in sentences and f"{key}.1" not in sentences]


PUT_TOGETHER = re.compile(r'"([\w.]+)" ~|f"([\w.]+)\{|series\("([\w.]+)"\)|has\(f"([\w.]+)\{')


def is_used(key: str) -> bool:
    """Named in full, or put together from a start that stands in a template or a module."""
    named = key.removeprefix("start.")
    starts = tuple(start for found in PUT_TOGETHER.findall(SOURCES) for start in found if start)
    return (
        f'"{named}"' in SOURCES or f'"{named.removesuffix("_title")}"' in SOURCES or named.startswith(starts)
    )


def test_every_sentence_is_used_somewhere() -> None:
    assert not [key for key in wordings()["en"].sentences if not is_used(key)]


def channel(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    red, green, blue = (channel(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def palettes() -> list[dict[str, str]]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("ink", "paper", 7.0),
        ("ink", "card", 7.0),
        ("ink", "door-wash", 7.0),
        ("soft", "paper", 4.5),
        ("soft", "card", 4.5),
        ("door", "paper", 4.5),
        ("door", "card", 4.5),
        ("on-door", "door", 4.5),
        ("on-alarm", "alarm", 4.5),
        ("on-note", "note", 7.0),
        ("on-wrong", "wrong", 7.0),
        ("edge", "paper", 3.0),
        ("edge", "card", 3.0),
        ("focus", "paper", 3.0),
        ("focus", "card", 3.0),
    ],
)
def test_colours_can_be_read_by_weak_eyes(
    palette: dict[str, str], text: str, ground: str, least: float
) -> None:
    assert contrast(palette[text], palette[ground]) >= least


def test_both_palettes_name_the_same_colours() -> None:
    light, dark = palettes()
    assert light.keys() == dark.keys()
