"""Links and numbers are judged by what they are, without opening or calling them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.text.indicators import signs
from nlu.text.links import registered_domain
from nlu.text.normalise import normalise

pytestmark = pytest.mark.unit

LINKS = [
    ("请点 http://icbc-points.top/a 兑换", {"link_brand_elsewhere", "link_cheap_ending"}),
    ("登录 www.icbc.com.cn 办理", {"link_official"}),
    ("到 http://www.zhengzhou.gov.cn/news 看通知", {"link_official"}),
    ("戳 t.cn/Ab3dE 领取", {"link_short"}),
    ("打开 http://45.77.12.9/a 填写", {"link_raw_ip"}),
    ("下载 http://45.77.12.9/x.apk 安装", {"link_raw_ip", "link_apk"}),
    ("登录 аррӏе.com 查找手机", {"link_foreign_letters"}),
    ("访问 xn--80ak6aa92e.com", {"link_foreign_letters"}),
    ("http://95588.com@evil.example.top/login", {"link_with_user", "link_cheap_ending"}),
    ("www.a1ipay.com 确认收款", {"link_brand_elsewhere"}),
    ("taobao.com.refund-center.cc 退款", {"link_brand_elsewhere", "link_cheap_ending"}),
    ("我做的网站 example.org 欢迎来看", set()),
]
NUMBERS = [
    ("回拨+44 7911 123456", {"phone_overseas"}),
    ("打008613812345678", set()),
    ("市公安局民警，回电17012345678", {"phone_mobile_for_authority", "phone_virtual_operator"}),
    ("我换号了，13812345678", set()),
    ("银行客服请拨13812345678", {"phone_mobile_for_authority"}),
    ("有疑问拨打96110", {"phone_public_line"}),
    ("请致电400-123-4567", {"phone_400"}),
]


def shown(text: str) -> set[str]:
    return {sign.code for sign in signs(normalise(text)) if sign.code.startswith(("link_", "phone_"))}


@pytest.mark.parametrize(("text", "codes"), LINKS)
def test_a_link(text: str, codes: set[str]) -> None:
    assert shown(text) - {"link_click", "link_in_text"} == codes


@pytest.mark.parametrize(("text", "codes"), NUMBERS)
def test_a_number(text: str, codes: set[str]) -> None:
    assert shown(text) == codes


def test_a_sign_quotes_the_address_as_it_was_given() -> None:
    (sign,) = [s for s in signs(normalise("点ｈｔｔｐ://45.77.12.9/a吧")) if s.code == "link_raw_ip"]
    assert sign.text == "ｈｔｔｐ://45.77.12.9/a"


@pytest.mark.parametrize(
    ("host", "registered"),
    [("m.icbc.com.cn", "icbc.com.cn"), ("a.b.qq.com", "qq.com"), ("localhost", "localhost")],
)
def test_the_registered_part_of_a_host(host: str, registered: str) -> None:
    assert registered_domain(host) == registered


@given(st.text(alphabet="htp:/.-_@ab1。аxn cntop?#", max_size=40))
def test_whatever_looks_like_a_link_is_read_without_error(text: str) -> None:
    signs(normalise(text))
