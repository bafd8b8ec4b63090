"""Rasa itself: the lean server says what Agent says, and training again gives the same model."""

import json
import os
import subprocess
from pathlib import Path

import httpx
import pytest
import yaml

from nlu import environments
from nlu.fingerprint import ARCHIVE, CARD, MODEL_FOLDER
from nlu.process import NluProcess

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
AGENT = """
import asyncio, contextlib, json, sys
with contextlib.redirect_stdout(sys.stderr):
    from rasa.core.agent import Agent
    agent = Agent.load(sys.argv[1])
    async def parse():
        return [await agent.parse_message(text) for text in json.load(sys.stdin)]
    answers = asyncio.run(parse())
json.dump(answers, sys.stdout)
"""


def sentences() -> list[str]:
    rows = [
        row
        for path in sorted((ROOT / "tests/nlu/sentences").glob("*.yml"))
        for row in yaml.safe_load(path.read_text("utf-8"))
    ]
    return [row["text"] for row in rows][::3]


@pytest.fixture(scope="module", autouse=True)
def _training_environment() -> None:
    """Rasa in full, made when it is missing, as the first `./onedoor train` would."""
    environments.prepare("train", os.environ.get("ONEDOOR_UV", "uv"))


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    python = environments.python("train")
    return subprocess.run(
        [python, *arguments], cwd=ROOT, input=given, capture_output=True, text=True, check=False, timeout=900
    )


def test_the_lean_server_says_what_agent_says(service: NluProcess) -> None:
    texts = sentences()
    done = run("-c", AGENT, str(MODEL_FOLDER / ARCHIVE), given=json.dumps(texts))
    assert done.returncode == 0, done.stderr[-2000:]
    with httpx.Client(base_url=service.url, timeout=60, trust_env=False) as http:
        lean = http.post("/model/parse_many", json={"texts": texts}).json()
    for ours, theirs in zip(lean, json.loads(done.stdout), strict=True):
        assert ours["intent"]["name"] == theirs["intent"]["name"]
        # the environments' NumPy differ in their last digits
        assert ours["intent"]["confidence"] == pytest.approx(theirs["intent"]["confidence"], abs=1e-4)
        assert ours["entities"] == theirs["entities"]
        assert ours["signs"] == theirs["signs"]


def test_training_again_gives_the_same_model_and_extra_rows_count(
    tmp_path: Path, service: NluProcess
) -> None:
    again = run("-m", "nlu.training", "--out", str(tmp_path / "again"))
    assert again.returncode == 0, again.stderr[-2000:]
    steps = [json.loads(line) for line in again.stdout.splitlines()]
    assert [step["done"] for step in steps] == sorted(step["done"] for step in steps)
    card = json.loads((tmp_path / "again" / CARD).read_text("utf-8"))
    assert steps[-1]["card"] == card
    committed = json.loads((MODEL_FOLDER / CARD).read_text("utf-8"))
    assert (card["fingerprint"], card["labels"]) == (committed["fingerprint"], committed["labels"])
    parse = (
        "import json, sys; from pathlib import Path; from nlu.serving.archive import load;"
        "json.dump(load(Path(sys.argv[1])).parse(json.load(sys.stdin)), sys.stdout)"
    )
    texts = sentences()
    done = run("-c", parse, str(tmp_path / "again" / ARCHIVE), given=json.dumps(texts))
    with httpx.Client(base_url=service.url, timeout=60, trust_env=False) as http:
        before = http.post("/model/parse_many", json={"texts": texts}).json()
    for new, old in zip(json.loads(done.stdout), before, strict=True):
        assert new["intent"]["confidence"] == pytest.approx(old["intent"]["confidence"], abs=5e-3)


@pytest.mark.parametrize(
    "row",
    ["{", "[]", '{"text": 1, "mapped": "ad"}', '{"text": "a", "mapped": "nonsense"}', '{"mapped": "ad"}'],
)
def test_a_bad_extra_row_is_one_plain_sentence(tmp_path: Path, row: str) -> None:
    extra = tmp_path / "extra.jsonl"
    extra.write_text('{"text": "好的", "mapped": null}\n\n' + row + "\n", "utf-8")
    done = run("-m", "nlu.training", "--out", str(tmp_path), "--extra", str(extra))
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("extra.jsonl, line 3:")
