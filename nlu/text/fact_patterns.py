"""What do phones, links, accounts, dates and sums look like in the normal form of a message?"""

from __future__ import annotations

import re

from nlu.text.sums import FIGURES


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives))


_N, _END = r"(?<![0-9])", r"(?![0-9])"
"""no digit before, no digit after"""
_MASKED = "[0-9x*]"

_TLD = (
    "com|cn|net|org|top|xyz|cc|vip|info|club|shop|site|online|icu|ltd|live|fun|work|link|wang|ink|biz|app|me|co|io"
    "|tv|tk|pw|hk|us|gov"
)
_UNTIL_CHINESE = r"[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\"'<>]*"
URL = _any(
    rf"(?:(?:https?|hxxps?|ftp)[:：]//|www\.)[a-z0-9]{_UNTIL_CHINESE}",
    # a bare host; the Chinese full stop is a common disguise of the dot
    rf"(?<![a-z0-9@._-])(?:[a-z0-9](?:[a-z0-9-]{{0,60}}[a-z0-9])?[.。]){{1,4}}(?:{_TLD})(?:\.cn)?(?![a-z0-9-])"
    r"(?::\d+)?(?:/[a-z0-9._~%?&=+#/-]*)?",
)
EMAIL = _any(r"[a-z0-9][a-z0-9._+-]{0,60}@[a-z0-9-]+(?:\.[a-z0-9-]+){1,4}")

_BORN = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
ID_NUMBER = _any(rf"{_N}[1-9]\d{{5}}{_BORN}\d{{3}}[\dx](?![0-9a-z])")

QQ = _any(
    rf"(?<=qq)(?:号码?|群)?[是为:：]{{0,2}} ?[1-9]\d{{4,10}}{_END}",
    rf"(?<=扣扣)[号群]?[:：]? ?[1-9]\d{{4,10}}{_END}",
)
_CALLED_WECHAT = "|".join(
    f"(?<={word})" for word in ("微信", "薇信", "威信", "加v", "v信", "vx", "加微", "wx")
)
WECHAT = _any(rf"(?:{_CALLED_WECHAT})号?[是为:： ]{{0,2}}[a-z][a-z0-9_-]{{5,19}}(?![a-z0-9_-])")

_SHORT_LINES = (
    "110|119|120|122|96110|12381|123(?:45|15|33|48|38|55|09|68|56|77|06)|95[0-9]{3}|100(?:86|10|00)"
)
PHONE = _any(
    rf"(?:\+|(?<!\d)00)(?:86[- ]?)?(?:\d[- ]?){{6,14}}\d{_END}",
    rf"{_N}(?:86[- ]?)?1[3-9]{_MASKED}[- ]?{_MASKED}{{4}}[- ]?{_MASKED}{{4}}{_END}",
    rf"{_N}(?:400|800)[- ]?{_MASKED}{{3,4}}[- ]?{_MASKED}{{3,4}}{_END}",
    rf"{_N}0[1-9]\d{{1,2}}[- ]?[2-9]{_MASKED}{{6,7}}{_END}",
    # 110 is a phone, 110元 and 110斤 are not
    rf"{_N}(?:{_SHORT_LINES})(?![0-9]|[元块个年平斤分万千]|\.\d)",
)
ACCOUNT = _any(
    rf"{_N}[1-9]\d{{3}}(?: ?\d{{4}}){{2,3}} ?\d{{1,7}}{_END}",
    rf"{_N}\d{{4,6}}[x*]{{4,12}}\d{{3,4}}{_END}",
    rf"(?:(?<=尾号)|(?<=末四位)|(?<=后四位))[为是:： ]?(?:\d{{3,4}}|[x*]{{4}}){_END}",
)

_PART_OF_DAY = "(?:上午|下午|晚上|夜里|凌晨|早上|中午|清早)"
_HOUR = r"[\d一二三四五六七八九十]{1,2}[点时:：](?:\d{1,2}分?|半|多)?"
_CLOCK = rf"(?:{_PART_OF_DAY}?{_HOUR})"
_MONTH, _DAY, _YEAR = "(?:1[0-2]|0?[1-9])", "(?:3[01]|[12]\\d|0?[1-9])", r"(?:19|20)\d{2}"
_WEEK = "(?:周|星期|礼拜)"
_NEAR_DAY = "|".join(
    [
        "大前天|前天|昨天|今天|明天|后天|昨晚|今晚|今早|昨儿|今儿|明儿",
        "上个?月|这个月|下个?月|去年|前年|今年|明年",
        rf"(?:上个?|这个?){_WEEK}[一二三四五六日天]?|{_WEEK}[一二三四五六日天]",
    ]
)
DATE = _any(
    rf"{_N}(?:(?:19|20)?\d{{2}}年)?{_MONTH}月{_DAY}[日号]?{_END}{_CLOCK}?",
    # 2026-11-23 and 11.23日, but not the price 11.23
    rf"{_N}{_YEAR}[./-]{_MONTH}[./-]{_DAY}[日号]?{_END}{_CLOCK}?|{_N}{_MONTH}[./-]{_DAY}[日号]{_CLOCK}?",
    rf"{_N}{_YEAR}年(?:{_MONTH}月份?|[春夏秋冬][天季])?",
    rf"{_N}{_MONTH}月份?(?![\d，,]*元)",
    rf"(?:{_NEAR_DAY}){_PART_OF_DAY}?(?:{_HOUR})?",
    rf"{_PART_OF_DAY}{_HOUR}",
)

UNIT = "(?:元|块钱|块|圆|人民币|rmb|美元|美金|欧元|港币|usdt|泰达币)"
_NOT_MONEY = "(?![人名个米里斤户亩字次步克度家天夜年月日号岁件台辆支批种类公平位])"
_ABOUT = "(?:多|余|来)?"
AMOUNT = _any(
    rf"[¥￥$] ?\d[\d,]*(?:\.\d+)?[万千wk]?{UNIT}?",
    rf"{_N}\d[\d,，]*(?:\.\d+)?{_ABOUT}[万千百亿wk]?\d?{_ABOUT}{UNIT}{_END}",
    rf"{_N}\d[\d,]*(?:\.\d+)?{_ABOUT}[万亿w]\d?{_ABOUT}(?![0-9a-z]){_NOT_MONEY}",
    rf"[{FIGURES}几]{{1,12}}{_ABOUT}{UNIT}",
    # 三万五, 两千多, 十五万: sums people write without a unit, from a thousand up
    rf"(?<![{FIGURES}第几])[一二两三四五六七八九十百几][{FIGURES}]{{0,7}}[千万][{FIGURES}]{{0,6}}(?:多|来)?"
    rf"(?![{FIGURES}]){_NOT_MONEY}",
)
