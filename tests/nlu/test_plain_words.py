"""What is said to the bot word for word is understood without the model."""

import pytest
import yaml

from nlu import plain_words, rules
from nlu.verdict import judge

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "chat"),
    [
        ("转人工！", "human"),
        ("你 好", "greet"),
        ("謝謝", "thanks"),
        ("不办了", "withdraw"),
        ("我的事怎么样了？", "status"),
        ("补充", "add"),
        ("删除我的资料", "delete"),
        ("帮助", "help"),
        ("是的。", "yes"),
        ("不對", "no"),
        ("同意", "yes"),
        ("不同意", "no"),
        ("ＯＫ", "yes"),
    ],
)
def test_a_plain_word_acts(text: str, chat: str) -> None:
    assert judge(rules.understand(text), forwarded=False).chat == chat


@pytest.mark.parametrize(
    "text", ["", "？", "人工湖边有人吵架", "对门的不还钱", "删除我的资料之前先告诉我", "好" * 5_000]
)
def test_a_word_within_a_sentence_does_not(text: str) -> None:
    assert plain_words.chat_intent(text) is None


def test_every_chat_intent_of_the_domain_has_words() -> None:
    domain = yaml.safe_load((plain_words.FILE.parent / "domain.yml").read_text("utf-8"))["intents"]
    table = yaml.safe_load(plain_words.FILE.read_text("utf-8"))
    assert {f"chat:{intent}" for intent in table} == {i for i in domain if i.startswith("chat:")}
