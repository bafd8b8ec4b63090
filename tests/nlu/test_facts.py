"""Facts are found where they stand, with their normal value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.text import sums
from nlu.text.facts import facts
from nlu.text.normalise import normalise

pytestmark = pytest.mark.unit

FACTS = [
    ("打我电话13812345678", "phone", "13812345678", "13812345678"),
    ("号码是138xxxx1234", "phone", "138xxxx1234", "138xxxx1234"),
    ("座机0371-65551234", "phone", "0371-65551234", "037165551234"),
    ("客服400-123-4567", "phone", "400-123-4567", "4001234567"),
    ("显示+95 1234 56789", "phone", "+95 1234 56789", "+95123456789"),
    ("该打110还是", "phone", "110", "110"),
    ("点 http://abc-bank-x.top/a?b=1。快", "url", "http://abc-bank-x.top/a?b=1", "abc-bank-x.top"),
    ("登录yb-renew.top更新", "url", "yb-renew.top", "yb-renew.top"),
    ("网址是abc。com", "url", "abc。com", "abc.com"),
    ("发到li@example.com", "email", "li@example.com", "li@example.com"),
    ("卡号6222 0200 1234 5678 901", "account", "6222 0200 1234 5678 901", "6222020012345678901"),
    ("尾号1234的卡", "account", "1234", "1234"),
    ("身份证41010519491231002X", "id_number", "41010519491231002X", "41010519491231002x"),
    ("QQ群：123456789", "qq", "123456789", "123456789"),
    ("加微信号：abc_12345", "wechat", "abc_12345", "abc_12345"),
    ("转了3万5", "amount", "3万5", "35000"),
    ("欠我三万五千元", "amount", "三万五千元", "35000"),
    ("十五万彩礼", "amount", "十五万", "150000"),
    ("每单99.5元", "amount", "99.5元", "99.5"),
    ("共￥1,200", "amount", "￥1,200", "1200"),
    ("2026年11月23日出的事", "date", "2026年11月23日", None),
    ("昨天下午3点半来的", "date", "昨天下午3点半", None),
    ("上周三", "date", "上周三", None),
    ("住绿东村12号楼3单元", "place", "绿东村12号楼3单元", None),
    ("郑州市金水区文化路", "place", "郑州市金水区文化路", None),
    ("找张主任反映", "person", "张主任", None),
    ("我叫李大山", "person", "李大山", None),
    ("下载了一个安心贷app", "app", "安心贷app", None),
    ("用支付宝付的", "app", "支付宝", None),
]


@pytest.mark.parametrize(("text", "kind", "words", "value"), FACTS)
def test_a_fact_is_found(text: str, kind: str, words: str, value: str | None) -> None:
    found = [fact for fact in facts(normalise(text)) if fact.kind == kind]
    assert [(fact.text, fact.value) for fact in found] == [(words, value)]
    assert text[found[0].start : found[0].end] == words


@pytest.mark.parametrize(
    "text", ["作业三百字", "来了两万人", "千万别信", "110斤红薯", "第三千次", "去市场的路上", "万一呢"]
)
def test_look_alikes_are_no_facts(text: str) -> None:
    assert not [fact for fact in facts(normalise(text)) if fact.kind in ("amount", "phone", "place")]


@pytest.mark.parametrize(
    ("figures", "yuan"),
    [("三万五", "35000"), ("两千零五十", "2050"), ("一百二", "120"), ("1.2万", "12000"), ("3万5", "35000"),
     ("5,000", "5000"), ("一亿三千万", "130000000"), ("十", "10"), ("几万", None), ("3k", "3000"),
     ("二〇二六", "2026")],
)  # fmt: skip
def test_sums_are_read_as_people_say_them(figures: str, yuan: str | None) -> None:
    assert sums.amount(figures) == yuan


@given(st.text(alphabet="0123456789万千元.x* -+:/。comqq微信号月日张先生市区路a", max_size=60))
def test_facts_never_overlap_and_quote_the_text(text: str) -> None:
    end = 0
    for fact in facts(normalise(text)):
        assert fact.start >= end
        assert text[fact.start : fact.end] == fact.text
        end = fact.end
