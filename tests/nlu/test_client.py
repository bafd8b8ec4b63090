"""The client turns whatever a service does into an Understanding or into NluUnavailable."""

import json
from collections.abc import Callable

import httpx
import pytest

from nlu.client import LONGEST_TEXT, NluClient, NluUnavailable

pytestmark = pytest.mark.unit

ANSWER = {
    "text": "转到安全账户",
    "intent": {"name": "scam:impersonate_authority", "confidence": 0.9},
    "intent_ranking": [
        {"name": "benign", "confidence": 0.1},
        {"name": "scam:impersonate_authority", "confidence": 0.9},
    ],
    "entities": [{"entity": "amount", "start": 0, "end": 2, "value": "1"}],
    "signs": [{"code": "safe_account", "text": "安全账户", "start": 2, "end": 6}],
    "model": "2026-11-23-abcdef0",
}
Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer) -> NluClient:
    return NluClient("http://nlu.test", transport=httpx.MockTransport(answer))


async def test_an_answer_becomes_an_understanding() -> None:
    async with client(lambda _: httpx.Response(200, json=ANSWER)) as nlu:
        found = await nlu.parse("转到安全账户")
    assert found.intents[0] == ("scam:impersonate_authority", 0.9)
    assert found.facts[0].text == "转到"
    assert found.signs[0].code == "safe_account"
    assert (found.judged_by, found.model) == ("model", "2026-11-23-abcdef0")
    assert found.ms > 0


async def test_a_stock_server_sends_no_signs_so_they_are_looked_for_here() -> None:
    stock = {key: ANSWER[key] for key in ("text", "intent", "entities")}
    async with client(lambda _: httpx.Response(200, json=stock)) as nlu:
        found = await nlu.parse("转到安全账户")
    assert "safe_account" in {sign.code for sign in found.signs}
    assert found.intents == (("scam:impersonate_authority", 0.9),)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"intent": "?"}),
        httpx.Response(200, json={"intent": {"name": "a", "confidence": 1}, "entities": [{"start": "x"}]}),
        httpx.Response(302, headers={"location": "http://elsewhere.test"}),
    ],
)
async def test_a_broken_answer_is_unavailable(answer: httpx.Response) -> None:
    async with client(lambda _: answer) as nlu:
        with pytest.raises(NluUnavailable):
            await nlu.parse("在吗")
        assert await nlu.healthy() is False or answer.status_code == 200


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("no"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut")]
)
async def test_a_broken_line_is_unavailable(error: httpx.HTTPError) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    async with client(fail) as nlu:
        with pytest.raises(NluUnavailable):
            await nlu.parse("在吗")
        assert not await nlu.healthy()


async def test_many_keep_their_order() -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        texts = json.loads(request.content)["texts"]
        return httpx.Response(200, json=[{**ANSWER, "model": text} for text in texts])

    texts = [str(number) for number in range(300)]
    async with client(echo) as nlu:
        found = await nlu.parse_many(texts)
    assert [each.model for each in found] == texts == [each.text for each in found]


async def test_many_fall_back_to_one_by_one_where_only_rasas_paths_are_known() -> None:
    def stock(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if request.url.path.endswith("many") else httpx.Response(200, json=ANSWER)

    async with client(stock) as nlu:
        assert len(await nlu.parse_many(["a", "b"])) == 2


async def test_too_few_answers_are_no_answer() -> None:
    async with client(lambda _: httpx.Response(200, json=[ANSWER])) as nlu:
        with pytest.raises(NluUnavailable):
            await nlu.parse_many(["a", "b"])


async def test_a_very_long_text_is_cut_for_the_service_and_kept_for_the_case() -> None:
    sent: list[int] = []

    def measure(request: httpx.Request) -> httpx.Response:
        sent.append(len(json.loads(request.content)["text"]))
        return httpx.Response(200, json=ANSWER)

    async with client(measure) as nlu:
        found = await nlu.parse("长" * 100_000)
    assert sent == [LONGEST_TEXT]
    assert len(found.text) == 100_000


async def test_a_stock_server_without_a_health_page_is_healthy() -> None:
    def stock(request: httpx.Request) -> httpx.Response:
        return (
            httpx.Response(200, json={"version": "3.6.21"})
            if request.url.path == "/version"
            else httpx.Response(404)
        )

    async with client(stock) as nlu:
        assert await nlu.healthy()
        assert (await nlu.version())["version"] == "3.6.21"
