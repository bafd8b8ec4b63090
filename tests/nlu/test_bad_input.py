"""Whatever is typed or pasted is answered, in bounded time and memory."""

import asyncio
import random
import string
import time

import pytest

from bot.benchmarks.processes import resident_mb
from cases.understanding import Understanding
from nlu.client import NluClient
from nlu.process import NluProcess
from nlu.verdict import judge

pytestmark = pytest.mark.model

ODD = {
    "one character": "钱",
    "one letter": "a",
    "blank": " ",
    "very long": "转账到安全账户，" * 12_500,
    "very long without a stop": "刷" * 100_000,
    "very long digits": "1" * 100_000,
    "very long link": "http://" + "a." * 9_000 + "top",
    "only emoji": "😀🔥💰👉" * 50,
    "only a link": "https://t.cn/AbC",
    "English": "Your parcel is held, pay the customs fee at http://x.top",
    "Russian": "Переведите деньги на безопасный счёт",
    "Arabic": "حول المال الآن",
    "Thai": "โอนเงินด่วน",
    "markup": "<script>alert(1)</script>&lt;b&gt;{{7*7}}[转账](danger:true)",
    "an intent": '/dispute:loan{"amount": 5}',
    "control characters": "转\x00账\x07到\x1b[31m安\u202e全\u200b账户\r\n",
    "combining": "转" + "\u0301" * 3_000 + "账",
    "quotes": "'\"`\\;--" * 100,
}
PATIENCE = 10.0
"""seconds for the whole of a list: no timed test, only a bound against what would never end"""


def ask(url: str, texts: list[str]) -> list[Understanding]:
    async def go() -> list[Understanding]:
        async with NluClient(url) as client:
            found = []
            for start in range(0, len(texts), 100):
                found += await client.parse_many(texts[start : start + 100])
            return found

    return asyncio.run(go())


@pytest.mark.parametrize("name", ODD)
def test_odd_input_is_answered_with_offsets_that_fit(service: NluProcess, name: str) -> None:
    text = ODD[name]
    began = time.monotonic()
    (meaning,) = ask(service.url, [text])
    assert time.monotonic() - began < PATIENCE
    verdict = judge(meaning, forwarded=True)
    for span in [*verdict.facts, *verdict.reasons]:
        assert text[span.start : span.end] == span.text


def test_a_fuzz_of_a_thousand_is_answered_and_nothing_grows(service: NluProcess) -> None:
    chance = random.Random(20261126)
    alphabet = string.printable + "转账银行卡客服微信群刷单返利贷款验证码您好，。！😀\u200b\u3000Ａ①轉帳" * 6
    texts = ["".join(chance.choices(alphabet, k=chance.randrange(1, 300))) for _ in range(1_000)]
    assert service.pid
    ask(service.url, texts)  # caches fill once
    before = resident_mb(service.pid)
    for _ in range(9):
        chance.shuffle(texts)
        meanings = ask(service.url, [text + str(chance.random()) for text in texts])
        assert len(meanings) == len(texts)
    assert resident_mb(service.pid) - before < 30
