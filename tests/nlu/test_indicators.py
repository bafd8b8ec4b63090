"""Indicators are well-formed data, their shortcut changes nothing, and figures of speech stay quiet."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nlu.text import shortcuts
from nlu.text.indicators import BadIndicator, by_code, load, signs
from nlu.text.normalise import normalise

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
EXAMPLES = yaml.safe_load((ROOT / "tests/nlu/indicator_examples.yml").read_text("utf-8"))
TAXONOMY = yaml.safe_load((ROOT / "kb/taxonomy.yml").read_text("utf-8"))
DANGERS = {"violence", "self_harm", "domestic_violence", "weapon", "crowd", "minor", "elder_alone",
"stalking",
           "livelihood", "alcohol"}  # fmt: skip
STATES = {"paid", "about_to_pay", "on_call", "screen_shared", "code_given"}


COMPUTED = {
    "link_short", "link_raw_ip", "link_foreign_letters", "link_brand_elsewhere", "link_cheap_ending",
    "link_apk", "link_with_user", "link_official", "phone_overseas", "phone_mobile_for_authority",
    "phone_virtual_operator", "phone_400", "phone_public_line",
}  # fmt: skip


def codes(text: str, side: str) -> set[str]:
    return {sign.code for sign in signs(normalise(text)) if by_code()[sign.code].side == side}


def test_there_are_enough_and_each_can_be_told_to_a_resident() -> None:
    assert sum(indicator.side in ("scam", "danger") for indicator in load()) >= 120
    assert all(indicator.zh and indicator.en for indicator in load())
    assert {indicator.code for indicator in load() if not indicator.rules} == COMPUTED


def test_dangers_and_states_are_the_ones_the_case_side_knows() -> None:
    assert {each.code for each in load() if each.side == "danger"} == DANGERS
    assert {each.code for each in load() if each.side == "state"} == STATES


def test_indicators_speak_for_codes_of_the_taxonomy() -> None:
    labels = {f"{kind}:{code}" for kind in ("scam", "dispute") for code in TAXONOMY[kind]}
    labels |= {"service", "benign", "ad", "illegal_ad"}
    for indicator in load():
        prefix = "scam:" if indicator.side == "scam" else ""
        assert {prefix + code for code in indicator.speaks_for} <= labels, indicator.code
        assert indicator.speaks_for or indicator.side not in ("scam", "matter"), indicator.code


def corpus() -> list[str]:
    """Every seventh corpus file, line by line, in normal form."""
    paths = sorted((ROOT / "nlu/data").rglob("*.yml"))[::7]
    return [normalise(line).text for path in paths for line in path.read_text("utf-8").splitlines()]


def test_what_a_pattern_is_said_to_need_is_in_all_it_matches() -> None:
    text = "\n".join(corpus())
    for indicator in load():
        for rule in indicator.rules:
            for match in rule.regex.finditer(text):
                assert rule.needs <= set(match.group()), (indicator.code, match.group())
                assert not rule.keys or rule.keys & set(match.group()), (indicator.code, match.group())


def test_the_shortcut_changes_nothing() -> None:
    for text in corpus():
        shown = {
            indicator.code
            for indicator in load()
            if next(indicator.spans(text, indicator.rules), None) is not None
        }
        assert {sign.code for sign in signs(normalise(text))} - COMPUTED == shown, text


@pytest.mark.parametrize(
    ("branch", "characters"),
    [
        ("刷单", "刷"),
        ("(?:甲|乙)(?:丁|.)?", "甲乙"),
        ("(?:甲|.)乙?", ""),
        ("(?:甲)?乙", "乙"),
        ("[甲乙]", ""),
    ],
)
def test_keys_stand_in_every_match(branch: str, characters: str) -> None:
    found = shortcuts.keys(branch)
    assert found == set(characters) or (branch == "刷单" and len(found) == 1)


@given(st.text(alphabet="转账给我安全户刷单返佣金验证码不要告诉家人点击链接打死笑了妈", max_size=40))
def test_signs_quote_the_text(text: str) -> None:
    assert all(text[sign.start : sign.end] == sign.text for sign in signs(normalise(text)))


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("a|b", ["a", "b"]),
        ("(?:a|b)c", ["(?:a|b)c"]),
        ("[a|b]c|d", ["[a|b]c", "d"]),
        (r"a\|b|c", [r"a\|b", "c"]),
    ],
)
def test_alternatives_are_cut_at_the_outermost_bars(pattern: str, parts: list[str]) -> None:
    assert shortcuts.branches(pattern) == parts


@pytest.mark.parametrize(
    ("branch", "characters"),
    [
        ("刷单", "刷单"),
        ("刷单?", "刷"),
        ("(?:刷|点)单", "单"),
        ("转.{0,4}账", "转账"),
        ("安全账[户号]", "安全账"),
        ("卡{0,2}号", "号"),
    ],
)
def test_needed_characters_are_those_no_match_lacks(branch: str, characters: str) -> None:
    assert shortcuts.needed(branch) == set(characters)
    assert re.compile(branch)


@pytest.mark.parametrize(
    "text",
    ["气死我了 又堵车", "笑死我了哈哈", "累死了 今天加班", "打死我也不去", "想死你了 啥时候回来",
     "跳楼价大甩卖", "晚上杀鸡吃",
     "我拼命学习", "打电话给我妈", "王者里我杀了五个", "拿刀切西瓜", "酒后代驾", "高峰期路口堵车"],
)  # fmt: skip
def test_figures_of_speech_are_no_danger(text: str) -> None:
    assert codes(text, "danger") == set()


@pytest.mark.parametrize(
    ("text", "danger"),
    [("他说要弄死我全家", "violence"), ("我真的不想活了", "self_harm"), ("老公一喝酒就打我",
     "domestic_violence"),
     ("他手里拿着菜刀", "weapon"), ("几十个工人在镇政府门口讨工资", "crowd"),
     ("前男友天天在我公司楼下守着", "stalking"),
     ("八十岁老人一个人住 摔了没人管", "elder_alone"), ("小区里十岁的孩子被猥亵了", "minor")],
)  # fmt: skip
def test_danger_is_heard(text: str, danger: str) -> None:
    assert danger in codes(text, "danger")


@pytest.mark.parametrize(
    ("text", "state"),
    [("我已经给他转了三万", "paid"), ("正准备去银行转账", "about_to_pay"), ("他还在电话里没挂", "on_call"),
     ("屏幕现在还共享着呢", "screen_shared"), ("验证码我已经发给他了", "code_given")],
)  # fmt: skip
def test_states_are_heard(text: str, state: str) -> None:
    assert state in codes(text, "state")


@pytest.mark.parametrize("text", ["没转钱", "幸亏没给他转", "我交了电费", "没告诉他验证码"])
def test_what_was_not_done_is_no_state(text: str) -> None:
    assert codes(text, "state") == set()


def test_every_trick_of_the_craft_has_examples() -> None:
    entries = yaml.safe_load((ROOT / "kb/indicators/scam_craft.yml").read_text("utf-8"))
    assert [entry["code"] for entry in entries] == list(EXAMPLES)
    assert all(len(each["yes"]) == 2 and len(each["no"]) == 1 for each in EXAMPLES.values())


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_trick_is_seen_and_what_comes_near_is_not(code: str) -> None:
    for text in EXAMPLES[code]["yes"]:
        assert code in codes(text, "scam"), text
    for text in EXAMPLES[code]["no"]:
        assert code not in codes(text, "scam"), text


@pytest.mark.parametrize(
    "broken",
    ["- {code: a}", "- {code: a, side: nowhere, weight: 1, patterns: [x], zh: a, en: a}",
     "- {code: a, side: scam, weight: 1, patterns: ['('], zh: a, en: a}",
     "- {code: a, side: scam, colour: red}",
     "- &a {code: a, side: scam, weight: 1, patterns: [x], zh: a, en: a}\n- *a", "- ["],
)  # fmt: skip
def test_a_broken_file_stops_the_start(tmp_path: Path, broken: str) -> None:
    (tmp_path / "a.yml").write_text(broken, "utf-8")
    with pytest.raises(BadIndicator):
        load(tmp_path)
