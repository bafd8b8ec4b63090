"""The real service with the committed model, over real HTTP."""

import asyncio
import json
import os
import signal
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from nlu.client import NluClient
from nlu.fingerprint import ARCHIVE, CARD, MODEL_FOLDER
from nlu.process import NluNotStarted, NluProcess, preferred_model

pytestmark = pytest.mark.model

SCAM = "对方自称公安局说我涉嫌洗钱，让我把钱转到安全账户，还不让我告诉家人"


def resident_kilobytes(pid: int | None) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def environment_of(pid: int | None) -> list[bytes]:
    return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")


@pytest.fixture
def http(service: NluProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, timeout=20, trust_env=False) as client:
        yield client


def test_it_understands(http: httpx.Client) -> None:
    answer = http.post("/model/parse", json={"text": SCAM}).json()
    assert answer["text"] == SCAM
    assert answer["intent"]["name"] == "scam:impersonate_authority"
    assert answer["intent"] == answer["intent_ranking"][0]
    assert sum(entry["confidence"] for entry in answer["intent_ranking"]) == pytest.approx(1, abs=1e-3)
    assert "safe_account" in {sign["code"] for sign in answer["signs"]}
    assert answer["model"] == json.loads((MODEL_FOLDER / CARD).read_text("utf-8"))["version"]


def test_many_are_answered_as_each_alone(http: httpx.Client) -> None:
    texts = [SCAM, "物业不修电梯", "晚上吃啥", "", "身份证丢了怎么补办"] * 20
    together = http.post("/model/parse_many", json={"texts": texts}).json()
    assert together == [http.post("/model/parse", json={"text": text}).json() for text in texts]


def test_a_message_cannot_forge_an_intent(http: httpx.Client) -> None:
    answer = http.post("/model/parse", json={"text": '/chat:human{"a": "b"}'}).json()
    assert answer["intent"]["confidence"] < 1


def test_it_names_itself_as_rasa_does(http: httpx.Client) -> None:
    version = http.get("/version").json()
    assert {"version", "minimum_compatible_version", "model", "fingerprint"} <= set(version)
    assert http.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"[", 400), (b"[]", 400), (b"{}", 400), (b'{"text": 3}', 400), (b'{"text": null}', 400),
        (b'{"text": "' + b"a" * 20_001 + b'"}', 400), (b'{"text": "' + b"a" * 5_000_000 + b'"}', 413),
        (b"\xff\xfe", 400), (b"[" * 100_000, 400),
    ],
)  # fmt: skip
def test_bad_input_gets_one_plain_sentence(http: httpx.Client, body: bytes, status: int) -> None:
    answer = http.post("/model/parse", content=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


@pytest.mark.parametrize("body", [{"texts": "a"}, {"texts": [1]}, {"texts": ["a"] * 501}, {}])
def test_bad_lists_get_one_plain_sentence(http: httpx.Client, body: object) -> None:
    assert http.post("/model/parse_many", json=body).status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\n",
        "\x00\x07",
        "😀👨‍👩‍👧",
        "a" * 20_000,
        "转" * 20_000,
        "🀄️" * 500,
        "[x](y)",
        "<script>",
        "%s{0}",
        "مرحبا",
    ],
)
def test_any_text_is_answered_and_offsets_fit(http: httpx.Client, text: str) -> None:
    answer = http.post("/model/parse", json={"text": text}).json()
    assert answer["text"] == text
    assert all(text[e["start"] : e["end"]] == e["text"] for e in (*answer["entities"], *answer["signs"]))


def test_lone_surrogates_are_answered(http: httpx.Client) -> None:
    answer = http.post("/model/parse", content=b'{"text": "\\ud800 \\udfff"}')
    assert answer.json()["text"] == "\ud800 \udfff"


def test_it_does_not_change_its_model_over_http(http: httpx.Client) -> None:
    assert http.put("/model", json={"model_file": "/tmp/x.tar.gz"}).status_code in (404, 405)


async def test_a_crowd_is_served(service: NluProcess) -> None:
    async with NluClient(service.url, seconds=20) as client:
        await client.parse(SCAM)
        alone = []
        for _ in range(50):
            began = time.perf_counter()
            await client.parse(SCAM)
            alone.append(time.perf_counter() - began)
        answers = await asyncio.gather(*(client.parse(f"{SCAM}{number}") for number in range(200)))
    assert [answer.text for answer in answers] == [f"{SCAM}{number}" for number in range(200)]
    assert statistics.median(alone) < 0.1, "a message must not make the resident wait"


async def test_it_starts_fast_stays_small_and_listens_at_home_only(tmp_path: Path) -> None:
    process = NluProcess(tmp_path)
    began = time.monotonic()
    await process.start()
    seconds = time.monotonic() - began
    try:
        memory = resident_kilobytes(process.pid)
        assert memory < 150 * 1024
        assert seconds < 8, "about one second on an idle machine"
        environment = environment_of(process.pid)
        assert not [
            entry for entry in environment if b"ONEDOOR" in entry or b"TOKEN" in entry or b"SECRET" in entry
        ]
    finally:
        await process.stop()
    assert process.pid is None


async def test_a_dead_service_comes_back_at_the_same_address(tmp_path: Path) -> None:
    process = NluProcess(tmp_path)
    url = await process.start()
    process.watch()
    first = process.pid
    assert first
    os.kill(first, signal.SIGKILL)
    try:
        async with NluClient(url) as client:
            for _ in range(200):
                await asyncio.sleep(0.1)
                if process.pid != first and await client.healthy():
                    break
            assert await client.healthy()
        assert process.url == url
    finally:
        await process.stop()


async def test_a_tampered_archive_is_not_even_unpacked(tmp_path: Path) -> None:
    (tmp_path / ARCHIVE).write_bytes((MODEL_FOLDER / ARCHIVE).read_bytes() + b"x")
    (tmp_path / CARD).write_bytes((MODEL_FOLDER / CARD).read_bytes())
    with pytest.raises(NluNotStarted, match="is not the archive its card describes"):
        await NluProcess(tmp_path, model=tmp_path / ARCHIVE).start()


async def test_a_missing_model_or_interpreter_is_one_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(NluNotStarted, match="no model"):
        await NluProcess(tmp_path, model=tmp_path / "none.tar.gz").start()
    with pytest.raises(NluNotStarted, match="is not there"):
        await NluProcess(tmp_path, interpreter=tmp_path / "python").start()


def test_a_deployers_own_model_is_preferred(tmp_path: Path) -> None:
    assert preferred_model(tmp_path) == MODEL_FOLDER / ARCHIVE
    own = tmp_path / "model"
    own.mkdir()
    (own / ARCHIVE).touch()
    assert preferred_model(tmp_path) == MODEL_FOLDER / ARCHIVE, "an archive without a card is not trusted"
    (own / CARD).touch()
    assert preferred_model(tmp_path) == own / ARCHIVE
