"""The corpus is wide enough: each code by many hands, counted without what is nearly the same."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TAXONOMY = yaml.safe_load((ROOT / "kb/taxonomy.yml").read_text("utf-8"))
CODES = [f"{kind}:{code}" for kind in ("scam", "dispute") for code in TAXONOMY[kind]]
LEAST = 150
NEARLY_THE_SAME = 0.5
_NOT_CHINESE = re.compile(r"[^\u4e00-\u9fff]+")


@pytest.fixture(scope="module")
def corpus() -> dict[str, list[tuple[str, str]]]:
    """label → (text, writer)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((ROOT / "nlu/data").rglob("*.yml")):
        for block in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            for line in block["examples"].splitlines():
                if line.strip():
                    found[block["intent"]].append((line.strip()[2:], path.parent.name))
    return found


def different(texts: Iterable[str]) -> int:
    """How many of the texts are not nearly the same (Jaccard of character 4-grams) as an earlier one."""
    index: dict[str, list[int]] = defaultdict(list)
    kept: list[set[str]] = []
    for text in texts:
        plain = _NOT_CHINESE.sub("", text)
        grams = {plain[at : at + 4] for at in range(len(plain) - 3)} or {plain}
        shared = Counter(at for gram in grams for at in index[gram])
        if any(n / len(grams | kept[at]) >= NEARLY_THE_SAME for at, n in shared.most_common(3)):
            continue
        for gram in grams:
            index[gram].append(len(kept))
        kept.append(grams)
    return len(kept)


@pytest.mark.parametrize("label", [*CODES, "illegal_ad"])
def test_each_code_has_enough_different_messages(
    corpus: dict[str, list[tuple[str, str]]], label: str
) -> None:
    assert different(text for text, _ in corpus[label]) >= LEAST


@pytest.mark.parametrize("label", CODES)
def test_no_code_rests_on_one_writer(corpus: dict[str, list[tuple[str, str]]], label: str) -> None:
    writers = Counter(writer for _, writer in corpus[label])
    assert len(writers) >= 3
    assert writers.most_common(1)[0][1] <= 0.8 * len(corpus[label])


def test_what_is_harmless_is_as_much_as_what_is_fraud(corpus: dict[str, list[tuple[str, str]]]) -> None:
    fraud = sum(len(rows) for label, rows in corpus.items() if label.startswith("scam:"))
    assert sum(len(rows) for label, rows in corpus.items() if not label.startswith("scam:")) >= fraud
