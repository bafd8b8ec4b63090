"""Questions as elders ask them find their article."""

import statistics
import time

import pytest

from kb.library import Library
from kb.search import find

pytestmark = pytest.mark.unit

ASKED = {
    "我家水管没水了咋办": "service:water_power_heat",
    "路灯不亮半个月了": "service:roads_lights",
    "身份证丢了咋补": "service:hukou_documents",
    "公积金怎么取": "service:housing_fund",
    "残疾证咋办理": "service:disability",
    "老人的高龄补贴咋领": "service:pension_social_security",
    "儿子不给养老钱": "dispute:family",
    "楼上天天吵得我睡不着": "dispute:neighbour",
    "狗叫得整夜": "dispute:neighbour",
    "俺家地让邻居占了": "dispute:neighbour",
    "老板欠我三个月工资不给": "dispute:labour",
    "村里的账从来不公开": "dispute:village_affairs",
    "孩子在学校被人欺负": "dispute:school",
    "被电动车撞了": "dispute:traffic",
    "健身房关门卡里还有钱": "dispute:consumer",
    "老公打我": "dispute:domestic_violence",
    "罚款我不服": "dispute:administrative",
    "发大水房子淹了": "dispute:disaster",
    "有人打电话说我涉嫌洗钱": "scam:impersonate_authority",
    "孙子出事了要我打钱": "scam:impersonate_acquaintance",
    "网上刷单钱取不出来": "scam:task_rebate",
    "他说要把我照片发给亲戚": "scam:sextortion",
    "有人要租我的银行卡": "scam:money_mule",
    "部队来订货让我垫钱": "scam:fake_purchase_order",
    "中奖了要先交税": "scam:prize",
    "钱已经转过去了咋办": "guide:stop_payment",
    "我妈不听劝非要转钱": "guide:talk_to_elder",
    "你是机器人吗": "guide:what_we_do",
}
ASKED_IN_ENGLISH = {
    "no water at home": "service:water_power_heat",
    "my boss has not paid wages": "dispute:labour",
    "neighbour's dog barks all night": "dispute:neighbour",
    "someone says I won a prize": "scam:prize",
    "I already sent the money": "guide:stop_payment",
    "they want me to share my screan": "scam:screen_share",
    "domestic violense": "dispute:domestic_violence",
}


@pytest.mark.parametrize(("question", "code"), ASKED.items())
def test_everyday_question_finds_its_article(library: Library, question: str, code: str) -> None:
    hits = find(library, question, "zh-Hans", 3)
    assert hits[0].article_code == code, hits
    assert hits[0].title == library.article(code).title("zh-Hans")


@pytest.mark.parametrize(("question", "code"), ASKED_IN_ENGLISH.items())
def test_english_question_finds_its_article(library: Library, question: str, code: str) -> None:
    assert find(library, question, "en", 3)[0].article_code == code


@pytest.mark.parametrize("said", ["", "。。。", "想跟你聊聊", "今天天气不错", "谢谢你啊", "🙂"])
def test_small_talk_finds_nothing(library: Library, said: str) -> None:
    assert find(library, said, "zh-Hans") == []


def test_hits_are_few_and_best_first(library: Library) -> None:
    hits = find(library, "养老院交了钱不让退，银行卡也被冻结了", "zh-Hans", 4)
    scores = [hit.score for hit in hits]
    assert 1 < len(hits) <= 4
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score < 1 for score in scores)


def test_own_title_finds_the_article(library: Library) -> None:
    for article in library.articles():
        if article.code not in {"dispute:other", "scam:other"}:
            codes = [hit.article_code for hit in find(library, article.title("zh-Hans"), "zh-Hans", 3)]
            assert article.code in codes, article.code


def test_very_long_message_is_answered_as_fast(library: Library) -> None:
    find(library, "热身", "zh-Hans")
    questions = [*ASKED, "停水了，" * 2000, "a" * 5000]
    seconds = []
    for question in questions:
        started = time.perf_counter()
        find(library, question, "zh-Hans")
        seconds.append(time.perf_counter() - started)
    assert statistics.median(seconds) < 0.005


def test_unknown_locale_is_refused(library: Library) -> None:
    with pytest.raises(ValueError, match="locale"):
        find(library, "停水", "fr")
