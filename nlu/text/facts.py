"""Which facts (phones, links, accounts, sums, dates, names …) does a message state, and where?"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from nlu.text import names, sums
from nlu.text.normalise import Normalised


class FoundFact(NamedTuple):
    """One fact; offsets count code points of the text as given, `value` is its normal form where there is one."""

    kind: str
    text: str
    start: int
    end: int
    value: str | None


_TLD = "com|cn|net|org|top|xyz|cc|vip|info|club|shop|site|online|icu|ltd|live|fun|work|link|wang|ink|biz|app|me|co|io|tv|tk|pw|hk|us|gov"
_N = "(?<![0-9])"
_END = "(?![0-9])"
_UNIT = "(?:元|块钱|块|圆|人民币|rmb|美元|美金|欧元|港币|usdt|泰达币)"
_FIGURES = sums.FIGURES
_NOT_MONEY = "(?![人名个米里斤户亩字次步克度家天年月日号岁件台辆支批种类公平位])"

_Value = Callable[[str], "str | None"]


class _Pattern(NamedTuple):
    kind: str
    regex: re.Pattern[str]
    hint: re.Pattern[str]
    """cheap test: without a match of it the regex need not run"""
    value: _Value


_DIGIT, _LATIN, _ANY = re.compile("[0-9]"), re.compile("[a-z]"), re.compile("")


def _digits(text: str) -> str:
    return re.sub(r"[^0-9x*+]", "", text)


def _host(text: str) -> str:
    bare = re.sub(r"^[a-z]+[:：]//", "", text.replace("。", "."))
    return re.split(r"[/?#:]", bare, maxsplit=1)[0].removeprefix("www.")


def _tail(text: str) -> str:
    return text.strip(":： =").rpartition(":")[2].strip()


def _yuan(text: str) -> str | None:
    return sums.amount(re.sub(rf"[¥￥$]|{_UNIT}", "", text).strip())


def _nothing(text: str) -> None:
    return None


# earlier patterns claim their characters first
_PATTERNS = (
    _Pattern("url", re.compile(
        rf"(?:(?:https?|hxxps?|ftp)[:：]//|www\.)[a-z0-9][^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\"'<>]*"
        rf"|(?<![a-z0-9@._-])(?:[a-z0-9](?:[a-z0-9-]{{0,60}}[a-z0-9])?[.。]){{1,4}}(?:{_TLD})(?:\.cn)?(?![a-z0-9-])(?::\d+)?(?:/[a-z0-9._~%?&=+#/-]*)?"),
        _LATIN, _host),
    _Pattern("email", re.compile(r"[a-z0-9][a-z0-9._+-]{0,60}@[a-z0-9-]+(?:\.[a-z0-9-]+){1,4}"), re.compile("@"), str),
    _Pattern("id_number", re.compile(rf"{_N}[1-9]\d{{5}}(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dx](?![0-9a-z])"),
             _DIGIT, str),
    _Pattern("qq", re.compile(r"(?<=qq)(?:号码?|群)?[是为:：]{0,2} ?[1-9]\d{4,10}(?![0-9])|(?<=扣扣)[号群]?[:：]? ?[1-9]\d{4,10}(?![0-9])"),
             _DIGIT, lambda text: re.sub(r"\D", "", text)),
    _Pattern("wechat", re.compile(r"(?:(?<=微信)|(?<=薇信)|(?<=威信)|(?<=加v)|(?<=v信)|(?<=vx)|(?<=加微)|(?<=wx))号?[是为:： ]{0,2}[a-z][a-z0-9_-]{5,19}(?![a-z0-9_-])"),
             _LATIN, lambda text: re.sub(r"^[^a-z]+", "", text)),
    _Pattern("phone", re.compile(
        rf"(?:\+|(?<!\d)00)(?:86[- ]?)?(?:\d[- ]?){{6,14}}\d{_END}"
        rf"|{_N}(?:86[- ]?)?1[3-9][0-9x*][- ]?[0-9x*]{{4}}[- ]?[0-9x*]{{4}}{_END}"
        rf"|{_N}(?:400|800)[- ]?[0-9x*]{{3,4}}[- ]?[0-9x*]{{3,4}}{_END}"
        rf"|{_N}0[1-9]\d{{1,2}}[- ]?[2-9][0-9x*]{{6,7}}{_END}"
        rf"|{_N}(?:110|119|120|122|96110|12381|123(?:45|15|33|48|38|55|09|68|56|77|06)|95[0-9]{{3}}|100(?:86|10|00))(?![0-9]|[元块个年平斤分万千]|\.\d)"),
        _DIGIT, _digits),
    _Pattern("account", re.compile(
        rf"{_N}[1-9]\d{{3}}(?: ?\d{{4}}){{2,3}} ?\d{{1,7}}{_END}|{_N}\d{{4,6}}[x*]{{4,12}}\d{{3,4}}{_END}"
        rf"|(?:(?<=尾号)|(?<=末四位)|(?<=后四位))[为是:： ]?(?:\d{{3,4}}|[x*]{{4}}){_END}"),
        re.compile("[0-9x*]"), lambda text: re.sub(r"[^0-9x*]", "", text)),
    _Pattern("date", re.compile(
        rf"{_N}(?:(?:19|20)?\d{{2}}[年./-])?(?:1[0-2]|0?[1-9])(?:月|[./-](?=\d{{1,2}}(?:[日号]|{_END})(?!元|块|万|%)))(?:3[01]|[12]\d|0?[1-9])[日号]?{_END}(?:(?:上午|下午|晚上|凌晨|早上|中午)?\d{{1,2}}[点时:：](?:\d{{1,2}}分?|半)?)?"
        rf"|{_N}(?:19|20)\d{{2}}年(?:1[0-2]|0?[1-9])月份?|{_N}(?:19|20)\d{{2}}年(?:[春夏秋冬][天季])?|{_N}(?:1[0-2]|[1-9])月份?(?![\d，,]*元)"
        r"|(?:大前天|前天|昨天|今天|明天|后天|昨晚|今晚|今早|昨儿|今儿|明儿|上个?月|这个月|下个?月|去年|前年|今年|明年|上个?(?:周|星期|礼拜)[一二三四五六日天]?|这个?(?:周|星期|礼拜)[一二三四五六日天]?|(?:周|星期|礼拜)[一二三四五六日天])"
        r"(?:上午|下午|晚上|夜里|凌晨|早上|中午|清早)?(?:[\d一二三四五六七八九十]{1,2}[点时](?:\d{1,2}分?|半|多)?)?"
        r"|(?:上午|下午|晚上|凌晨|早上|中午)[\d一二三四五六七八九十]{1,2}[点时:：](?:\d{1,2}分?|半|多)?"), _ANY, _nothing),
    _Pattern("amount", re.compile(
        rf"[¥￥$] ?\d[\d,]*(?:\.\d+)?[万千wk]?{_UNIT}?"
        rf"|{_N}\d[\d,，]*(?:\.\d+)?(?:多|余|来)?[万千百亿wk]?\d?(?:多|余|来)?{_UNIT}(?![0-9])"
        rf"|{_N}\d[\d,]*(?:\.\d+)?(?:多|余|来)?[万亿w]\d?(?:多|余)?(?![0-9a-z]){_NOT_MONEY}"
        rf"|(?:[{_FIGURES}几]{{1,12}}(?:多|来|余)?){_UNIT}"
        rf"|(?<![{_FIGURES}第])(?:[一二两三四五六七八九][十百千万]|十[一二三四五六七八九]?万|几[十百千万])[{_FIGURES}]{{0,8}}(?<=[千万百五六七八九一二三四])(?:多|来)?(?<![一二三四五六七八九]十)(?<!十[一二三四五六七八九])(?![{_FIGURES}]){_NOT_MONEY}"),
        _ANY, _yuan),
    _Pattern("app", names.APP, _ANY, _nothing),
    _Pattern("person", names.PERSON, _ANY, _nothing),
    _Pattern("place", names.PLACE, _ANY, _nothing),
)
KINDS = tuple(pattern.kind for pattern in _PATTERNS)


def facts(message: Normalised) -> tuple[FoundFact, ...]:
    """The facts of a message in reading order, never overlapping."""
    taken = bytearray(len(message.text))
    found = [fact for pattern in _PATTERNS if pattern.hint.search(message.text) for fact in _found(pattern, message, taken)]
    return tuple(sorted(found, key=lambda fact: fact.start))


def _found(pattern: _Pattern, message: Normalised, taken: bytearray) -> Iterator[FoundFact]:
    for match in pattern.regex.finditer(message.text):
        start, end = match.span()
        start += names.trimmed(match.group()) if pattern.kind == "app" else 0
        if pattern.kind == "url":
            end = start + len(match.group().rstrip(".,;:!?)]}'\"。"))
        if pattern.kind in ("qq", "wechat", "account"):
            start = _first_of_id(message.text, start, end)
        if end <= start or any(taken[start:end]):
            continue
        taken[start:end] = b"\1" * (end - start)
        given_start, given_end = message.span(start, end)
        yield FoundFact(pattern.kind, message.given[given_start:given_end], given_start, given_end,
                        pattern.value(message.text[start:end]))


_ID = re.compile(r"[a-z0-9*][a-z0-9_* -]*$")


def _first_of_id(text: str, start: int, end: int) -> int:
    match = _ID.search(text, start, end)
    return match.start() if match else start
