"""The Rasa project, its corpus, its locks and its model belong together."""

import hashlib
import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.nlu_service import prepare_serving
from nlu import environments, fingerprint
from nlu.text.facts import KINDS

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
NLU = ROOT / "nlu"
CHAT = {
    "greet", "thanks", "bye", "help", "status", "human", "withdraw", "add", "rate",
    "yes", "no", "delete", "language", "check", "correct", "for_other",
}  # fmt: skip
TAXONOMY = yaml.safe_load((ROOT / "kb/taxonomy.yml").read_text("utf-8"))
DOMAIN = yaml.safe_load((NLU / "domain.yml").read_text("utf-8"))
LABELS = (
    {f"{kind}:{code}" for kind in ("scam", "dispute") for code in TAXONOMY[kind]}
    | {"service", "benign", "ad", "illegal_ad"}
    | {f"chat:{code}" for code in CHAT}
)


def blocks() -> list[tuple[Path, dict[str, object]]]:
    return [
        (path, block)
        for path in sorted((NLU / "data").rglob("*.yml"))
        for block in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["nlu"]
    ]


def test_the_domain_is_the_taxonomy_and_the_words_to_the_bot() -> None:
    assert set(DOMAIN["intents"]) == LABELS
    assert DOMAIN["entities"] == list(KINDS)


def test_every_label_has_examples_and_every_block_a_group() -> None:
    counts: Counter[str] = Counter()
    for path, block in blocks():
        assert block["metadata"]["group"], path  # type: ignore[index]
        counts[str(block["intent"])] += str(block["examples"]).count("\n- ") + 1
    assert set(counts) == LABELS
    assert min(counts.values()) >= 30


def test_a_group_stands_once() -> None:
    groups = Counter((block["metadata"]["group"], block["intent"]) for _, block in blocks())  # type: ignore[index]
    assert not [group for group, times in groups.items() if times > 1]


def test_no_example_is_read_as_an_annotation() -> None:
    assert not [path for path, block in blocks() if re.search(r"\[[^\]]*\][({]", str(block["examples"]))]


@pytest.mark.parametrize("kind", ["serve", "train"])
def test_locks_are_pinned_by_hash_and_name_no_registry(kind: str) -> None:
    lines = (NLU / f"requirements-{kind}.lock").read_text("utf-8").splitlines()
    assert not [line for line in lines if "://" in line or line.startswith("-")]
    packages = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert all("==" in line and line.endswith("\\") for line in packages)


def test_the_serving_lock_leaves_out_what_serving_never_imports() -> None:
    lock = (NLU / "requirements-serve.lock").read_text("utf-8")
    for name in ("tensorflow", "scikit-learn", "aiogram", "kafka", "twilio", "boto3", "scipy"):
        assert f"\n{name}" not in lock
    assert re.search(r"^aiohttp==3\.(1[3-9]|[2-9]\d)", lock, re.MULTILINE), "3.9 has published advisories"


def test_the_model_is_of_these_files() -> None:
    assert fingerprint.recorded() == fingerprint.current(), "train again: ./onedoor train"


def test_the_archive_is_the_cards_and_small() -> None:
    card = json.loads((fingerprint.MODEL_FOLDER / fingerprint.CARD).read_text("utf-8"))
    archive = (fingerprint.MODEL_FOLDER / fingerprint.ARCHIVE).read_bytes()
    assert hashlib.sha256(archive).hexdigest() == card["sha256"]
    assert len(archive) == card["bytes"] <= 5_000_000
    assert re.fullmatch(r"\d{4}-\d\d-\d\d-[0-9a-f]{7}", card["version"])
    assert card["version"].endswith(card["fingerprint"][:7])


def test_a_fingerprint_does_not_depend_on_the_order_of_files() -> None:
    files = fingerprint.rule_files()
    assert fingerprint.fingerprint_of(files) == fingerprint.fingerprint_of(reversed(files))


def test_an_environment_that_cannot_be_made_is_one_plain_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "folder", lambda kind: tmp_path / kind)
    steps: list[str] = []
    with pytest.raises(environments.EnvironmentNotReady, match=r"Python 3\.10 is needed"):
        environments.prepare("serve", str(tmp_path / "no-uv"), steps.append)
    with pytest.raises(environments.EnvironmentNotReady, match=r"Python 3\.10"):
        environments.prepare("serve", "/bin/false", steps.append)
    assert steps == ["interpreter", "interpreter"]


def test_the_text_modules_run_on_the_services_python_too() -> None:
    prepare_serving()
    code = (
        "from nlu.text import facts, indicators, normalise;"
        "print(len(facts.facts(normalise.normalise('打110'))))"
    )
    done = subprocess.run(
        [environments.python("serve"), "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "1"
