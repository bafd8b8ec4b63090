"""The second pipeline: a brought transformer is read, trained on and served; what does not fit is said."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from tiny_transformer import MARKS, write

from bot.nlu_service import prepare_serving
from nlu import brought, environments
from nlu.brought import BadFolder
from nlu.components.wordpiece import MOST_TOKENS, WordPiece
from nlu.fingerprint import ARCHIVE, CARD, ROOT
from nlu.process import NluNotStarted, NluProcess, preferred_model, served_by

NLU = ROOT / "nlu"
CONFIG = NLU / "config.transformer.yml"
LATIN = "abcdefghijklmnopqrstuvwxyz0123456789"
SCAM = "对方自称公安局说我涉嫌洗钱，让我把钱转到安全账户，还不让我告诉家人"
HARMLESS = "妈，我晚上回家吃饭，不用等我"
OPEN = """
import sys
from pathlib import Path
from nlu import brought
from nlu.components.encoder import Encoder
try:
    encoder = Encoder.open(brought.checked(sys.argv[1]))
    print(encoder.width, [round(float(n), 5) for n in encoder.vectors(sys.argv[2:]).sum(axis=1)])
except brought.BadFolder as error:
    print(error)
"""


def config_naming(folder: Path, target: Path) -> Path:
    """The repository's second pipeline, with this folder."""
    config = yaml.safe_load(CONFIG.read_text("utf-8"))
    config["pipeline"][-1]["folder"] = str(folder)
    target.write_text(yaml.safe_dump(config), "utf-8")
    return target


def opened(kind: environments.Kind, folder: Path, *texts: str) -> str:
    """What an environment says of a folder: the width and a sum for each text, or what is wrong."""
    done = subprocess.run(
        [environments.python(kind), "-c", OPEN, str(folder), *texts],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return done.stdout.strip()


# Fast: tokens, folders, cards and locks


def numbers(vocabulary: str, text: str) -> list[str]:
    tokens = [*MARKS, *vocabulary.split()]
    return [tokens[number] for number in WordPiece(tokens).tokens(text)]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        (" \n\t", []),
        ("转账", ["转", "账"]),
        ("转,账!", ["转", ",", "账", "!"]),
        ("转鑫", ["转", "[UNK]"]),
        ("Apps转", ["app", "##s", "转"]),
        ("café", ["cafe"]),
        ("appz", ["[UNK]"]),
        ("_转", ["[UNK]", "转"]),
        ("a" * 101, ["[UNK]"]),
        ("😀转", ["[UNK]", "转"]),
        ("\ud800转", ["[UNK]", "转"]),
    ],
)
def test_a_text_is_cut_as_bert_cuts_it(text: str, tokens: list[str]) -> None:
    assert numbers("转 账 , ! app ##s cafe", text) == ["[CLS]", *tokens, "[SEP]"]


@pytest.mark.unit
def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    found = numbers("头 中 尾", "头" * 200 + "中" * 500 + "尾" * 60)
    assert len(found) == MOST_TOKENS
    assert (found.count("头"), found.count("尾")) == (190, 60)
    assert len(numbers("头", "头" * 20_000)) == MOST_TOKENS
    assert len(numbers("头", "头" * (MOST_TOKENS - 2))) == MOST_TOKENS


@pytest.mark.unit
def test_a_vocabulary_counts_lines_and_nothing_else_as_tokens(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_bytes("\r\n".join([*MARKS, "\u2028", "\x85", "转", ""]).encode())
    words = WordPiece.read(tmp_path / "vocab.txt")
    assert words.tokens("转") == [2, 7, 3]
    assert words.last == 7


@pytest.mark.unit
@pytest.mark.parametrize(("content", "said"), [(b"\xff\n", "UTF-8"), ("转\n".encode(), r"has no \[PAD\]")])
def test_another_vocabulary_is_one_plain_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "vocab.txt").write_bytes(content)
    with pytest.raises(BadFolder, match=said):
        WordPiece.read(tmp_path / "vocab.txt")


@pytest.mark.unit
def test_a_folder_without_its_files_is_one_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadFolder, match="names no folder"):
        brought.checked("")
    with pytest.raises(BadFolder, match=f"there is no folder {ROOT}/no/such"):
        brought.checked("no/such")
    (tmp_path / "model.onnx").touch()
    with pytest.raises(BadFolder, match=r"there is no vocab\.txt in"):
        brought.checked(str(tmp_path))
    (tmp_path / "vocab.txt").touch()
    assert brought.checked(str(tmp_path)) == tmp_path


@pytest.mark.unit
def test_a_pipeline_says_whether_it_wants_a_transformer(tmp_path: Path) -> None:
    assert brought.asked_for(NLU / "config.yml") is None
    folder = write(tmp_path / "tiny", "转")
    assert brought.asked_for(config_naming(folder, tmp_path / "config.yml")) == folder
    for content in ("", "[]", "pipeline: 3", "pipeline: [a]", "{", "\0"):
        (tmp_path / "bad.yml").write_text(content, "utf-8")
        with pytest.raises(BadFolder, match=r"bad\.yml is not a Rasa configuration"):
            brought.asked_for(tmp_path / "bad.yml")


@pytest.mark.unit
def test_the_two_pipelines_differ_in_the_classifier_only() -> None:
    first, second = (yaml.safe_load(path.read_text("utf-8")) for path in (NLU / "config.yml", CONFIG))
    assert second["pipeline"][-1]["name"] == brought.COMPONENT
    assert second["pipeline"][:-1] == first["pipeline"][:-1]
    assert {**first, "pipeline": None} == {**second, "pipeline": None}


@pytest.mark.unit
def test_another_transformer_is_told_from_the_first(tmp_path: Path) -> None:
    hashes = {
        brought.hash_of(write(tmp_path / "a", "转账")),
        brought.hash_of(write(tmp_path / "b", "转账", seed=8)),
        brought.hash_of(write(tmp_path / "c", "账转")),
    }
    (tmp_path / "a" / "model.onnx.data").write_bytes(b"weights")
    assert len(hashes | {brought.hash_of(tmp_path / "a")}) == 4
    assert brought.hash_of(write(tmp_path / "d", "转账")) in hashes


@pytest.mark.unit
@pytest.mark.parametrize(
    ("card", "kind"),
    [
        ('{"environment": "transformer"}', "transformer"),
        ('{"environment": "serve"}', "serve"),
        ('{"environment": "../elsewhere"}', "serve"),
        ("{}", "serve"), ("[]", "serve"), ("", "serve"), ("\0", "serve"),
    ],
)  # fmt: skip
def test_the_card_says_which_environment_serves(tmp_path: Path, card: str, kind: str) -> None:
    assert served_by(tmp_path / ARCHIVE) == "serve"
    (tmp_path / CARD).write_text(card, "utf-8")
    assert served_by(tmp_path / ARCHIVE) == kind
    assert NluProcess(tmp_path, model=tmp_path / ARCHIVE).environment == kind


@pytest.mark.unit
def test_only_the_transformers_lock_holds_onnx_runtime_and_all_of_it_is_pinned() -> None:
    locks = {
        kind: (NLU / f"requirements-{kind}.lock").read_text("utf-8")
        for kind in ("serve", "train", "transformer")
    }
    assert [kind for kind, lock in locks.items() if "\nonnxruntime==" in lock] == ["transformer"]
    lines = locks["transformer"].splitlines()
    assert not [line for line in lines if "://" in line or line.startswith("-")]
    packages = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert re.search(r"^aiohttp==3\.(1[3-9]|[2-9]\d)", locks["transformer"], re.MULTILINE), "as in serving"
    for name in ("rasa", "scikit-learn", "tensorflow"):
        pinned = re.search(rf"^{name}==[\d.]+", locks["train"], re.MULTILINE)
        assert pinned
        assert pinned.group() in locks["transformer"]


# Slow: the environment itself, a transformer made here, training and serving


@pytest.fixture(scope="module")
def environment() -> None:
    """Made when it is missing, as the first `./onedoor train --config` would."""
    environments.prepare("transformer", os.environ.get("ONEDOOR_UV", "uv"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformer of random weights that knows the characters of a few files of the corpus."""
    told = "".join(path.read_text("utf-8") for path in sorted((NLU / "data/writers/e").glob("*.yml")))
    tokens = [
        *sorted(set(re.findall("[\u4e00-\u9fff]", told + SCAM))),
        *LATIN,
        *(f"##{one}" for one in LATIN),
    ]
    return write(tmp_path_factory.mktemp("tiny"), [*tokens, *",.?!:;()"])


@pytest.fixture(scope="module")
def trained(tiny: Path, tmp_path_factory: pytest.TempPathFactory, environment: None) -> Path:
    """A data folder whose model was trained over the tiny transformer, as a deployer would."""
    folder = tmp_path_factory.mktemp("own")
    config = config_naming(tiny, folder / "config.yml")
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "train", "--config", str(config)],
        cwd=ROOT, env=os.environ | {"ONEDOOR_DATA_DIR": str(folder / "var")},
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "var"


@pytest.fixture(scope="module")
def served(trained: Path) -> Iterator[httpx.Client]:
    process = NluProcess(trained)
    asyncio.run(process.start())
    with httpx.Client(base_url=process.url, timeout=60, trust_env=False) as client:
        yield client
    asyncio.run(process.stop())


@pytest.mark.slow
def test_the_model_of_a_deployers_transformer_is_trained_and_served(
    trained: Path, served: httpx.Client
) -> None:
    assert preferred_model(trained) == trained / "model" / ARCHIVE
    card = json.loads((trained / "model" / CARD).read_text("utf-8"))
    assert card["environment"] == "transformer"
    answer = served.post("/model/parse", json={"text": SCAM}).json()
    assert answer["model"] == card["version"]
    assert answer["intent"] == answer["intent_ranking"][0]
    assert answer["intent"]["name"].startswith("scam:")
    assert {entry["name"] for entry in answer["intent_ranking"]} <= set(card["labels"])
    assert sum(entry["confidence"] for entry in answer["intent_ranking"]) == pytest.approx(1, abs=1e-2)
    assert answer["reasons"]
    assert {reason["code"] for reason in answer["reasons"]} <= {sign["code"] for sign in answer["signs"]}
    assert all(SCAM[reason["start"] : reason["end"]] == reason["text"] for reason in answer["reasons"])
    assert answer["signals"]["danger"].keys() >= {"any"}


@pytest.mark.slow
def test_harmless_and_odd_texts_are_answered_alone_and_together(served: httpx.Client) -> None:
    texts = [SCAM, HARMLESS, "", "\x00", "😀", "转" * 20_000, "a" * 20_000, "[PAD] [MASK]"]
    together = served.post("/model/parse_many", json={"texts": texts}).json()
    for text, answer in zip(texts, together, strict=True):
        alone = served.post("/model/parse", json={"text": text}).json()
        assert answer["intent"]["name"] == alone["intent"]["name"]
        assert answer["intent"]["confidence"] == pytest.approx(alone["intent"]["confidence"], abs=1e-4)
    harmless = together[1]
    assert not harmless["intent"]["name"].startswith("scam")
    assert harmless["reasons"] == []


@pytest.mark.slow
async def test_another_transformer_under_a_trained_model_is_refused(
    trained: Path, tiny: Path, tmp_path: Path
) -> None:
    kept = (tiny / "model.onnx").read_bytes()
    tokens = (tiny / "vocab.txt").read_text("utf-8").split("\n")[:-1]
    write(tiny, tokens, seed=8)
    try:
        with pytest.raises(NluNotStarted, match="is not the one this model was trained with"):
            await NluProcess(tmp_path, model=preferred_model(trained)).start()
    finally:
        (tiny / "model.onnx").write_bytes(kept)


@pytest.mark.slow
@pytest.mark.usefixtures("environment")
def test_what_does_not_fit_is_one_plain_sentence(tmp_path: Path, tiny: Path) -> None:
    width, sums = opened("transformer", tiny, "转账", "转账" * 300).split(" ", 1)
    assert (width, len(json.loads(sums))) == ("48", 2)
    short = write(tmp_path / "short", "转账", positions=128)
    assert "cannot read 256 tokens of vocab.txt" in opened("transformer", short)
    large = write(tmp_path / "large", "转账")
    with (large / "vocab.txt").open("a", encoding="utf-8") as vocabulary:
        vocabulary.write("安\n全\n")
    assert "cannot read 256 tokens of vocab.txt" in opened("transformer", large)
    broken = write(tmp_path / "broken", "转账")
    (broken / "model.onnx").write_bytes((broken / "model.onnx").read_bytes()[:-500])
    assert "is not a model that ONNX Runtime can load" in opened("transformer", broken)
    strange = write(tmp_path / "strange", "转账")
    renamed = (strange / "model.onnx").read_bytes().replace(b"attention_mask", b"attention_musk")
    (strange / "model.onnx").write_bytes(renamed)
    assert "takes input_ids, attention_musk, token_type_ids, not" in opened("transformer", strange)


@pytest.mark.slow
def test_without_onnx_runtime_it_says_so(tmp_path: Path) -> None:
    prepare_serving()
    folder = write(tmp_path / "tiny", "转账")
    assert opened("serve", folder) == "a transformer needs ONNX Runtime, which this environment has not"


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["--config", "{config}"], ["--config", "{config}", "--out", "{out}"]])
@pytest.mark.usefixtures("environment")
def test_training_refuses_a_pipeline_before_it_begins(tmp_path: Path, arguments: list[str]) -> None:
    config = config_naming(tmp_path / "nothing", tmp_path / "config.yml")
    given = [each.format(config=config, out=tmp_path / "out") for each in arguments]
    done = subprocess.run(
        [environments.python("transformer"), "-m", "nlu.training", *given],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode in (1, 2)
    said = done.stderr.strip().splitlines()[-1]
    assert "there is no folder" in said or "--config needs --out" in said
    assert not (tmp_path / "out").exists()
