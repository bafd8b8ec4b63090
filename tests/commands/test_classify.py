"""`./onedoor classify`: the shapes of the contract, whatever comes in and whatever fails meanwhile."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from commands.desktop import Desktop, Started, together

from bot.words import words
from nlu.process import NluProcess

pytestmark = pytest.mark.model
KINDS = {"scam", "dispute", "service", "ad", "chat", "unclear"}
RISKS = {"danger", "suspicious", "unsure", "none"}
SCAM = "😀【京东客服】您的账户异常，请把钱转到安全账户6222021234567890123，加微信 kf_2024 办理"


@pytest.fixture
def desk(tmp_path: Path, service: str) -> Desktop:
    """`classify` needs no database."""
    return Desktop(tmp_path / "var", {"ONEDOOR_NLU_URL": service})


def rows(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def jsonl(*messages: Any) -> str:
    return "".join(json.dumps(message, ensure_ascii=False) + "\n" for message in messages)


def test_each_message_gets_the_object_of_the_contract(desk: Desktop) -> None:
    told = desk.run("classify", given=f"{SCAM}\n电梯坏了物业一直不修\n社保卡丢了去哪补办\n您好\n")
    assert (told.status, told.err) == (0, "")
    answers = rows(told.out)
    assert [row["id"] for row in answers] == ["1", "2", "3", "4"]
    assert [row["kind"] for row in answers] == ["scam", "dispute", "service", "chat"]
    for row in answers:
        assert row["kind"] in KINDS
        assert row["risk"] in RISKS
        assert 0 <= row["scam"]["probability"] <= 1
        assert 0 <= row["dispute"]["probability"] <= 1
        assert {"type", "probability"} == row["scam"].keys()
        assert {"family", "probability"} == row["dispute"].keys()
        assert (row["judged_by"], type(row["model"]), type(row["ms"])) == ("model", str, float)
    assert answers[0]["risk"] == "danger"
    assert answers[1]["dispute"]["family"] == "property"


def test_offsets_count_the_characters_of_the_text_as_given(desk: Desktop) -> None:
    text = f"  {SCAM}\t"
    (row,) = rows(desk.run("classify", "--jsonl", given=jsonl({"id": "a", "text": text})).out)
    spans = [*row["facts"], *row["reasons"]]
    assert {fact["kind"] for fact in row["facts"]} >= {"account", "wechat"}
    assert {reason["code"] for reason in row["reasons"]} & {
        "safe_account",
        "unfreeze_pay",
        "personal_account",
    }
    assert [text[span["start"] : span["end"]] for span in spans] == [span["text"] for span in spans]


def test_broken_lines_keep_their_place_and_cost_only_themselves(desk: Desktop) -> None:
    given = (
        jsonl({"id": "first", "text": SCAM})
        + "\n{broken\n"
        + "[" * 100_000
        + "\n"
        + jsonl(
            {"id": "q", "text": 5}, {"id": "e", "text": " "}, [1], "text", None, {"id": 7, "text": "您好"}
        )
    )
    told = desk.run("classify", "--jsonl", given=given.encode() + b'{"text":"\xff"}\n')
    assert told.status == 1
    answers = rows(told.out)
    assert [row["id"] for row in answers] == ["first", "2", "3", "4", "q", "e", "7", "8", "9", "7", "11"]
    assert [row.get("error") for row in answers] == [
        None,
        words("classify_empty"),
        words("classify_broken"),
        words("classify_broken"),
        words("classify_no_text"),
        words("classify_empty"),
        words("classify_no_text"),
        words("classify_no_text"),
        words("classify_no_text"),
        None,
        words("classify_encoding"),
    ]
    assert answers[0]["risk"] == "danger"


def test_plain_lines_of_another_encoding_are_told_not_judged(desk: Desktop) -> None:
    given = b"\xef\xbb\xbf" + "您好\r\n".encode() + "请转到安全账户\n".encode("gbk") + b"\n\x00\n"
    told = desk.run("classify", given=given)
    assert told.status == 1
    first, gbk, empty, nul = rows(told.out)
    assert first["chat"] == "greet", "the mark Notepad begins a file with is no part of the message"
    assert (gbk["error"], empty["error"]) == (words("classify_encoding"), words("classify_empty"))
    assert nul["kind"] in KINDS


def test_half_a_surrogate_pair_is_judged_by_the_model_like_everything_beside_it(desk: Desktop) -> None:
    given = '{"id":"\\ud83d","text":"\\ud83d 请转到安全账户"}\n' + jsonl({"text": SCAM})
    told = desk.run("classify", "--jsonl", given=given)
    assert told.status == 0
    assert [row["judged_by"] for row in rows(told.out)] == ["model", "model"]


def test_only_a_true_is_forwarded(desk: Desktop) -> None:
    """Whoever passes a message on has not paid, whatever the message says."""
    text = "我是公安局的，请马上把钱转到安全账户，不要告诉家人，我刚才已经转了三万"
    given = ({"text": text, "forwarded": value} for value in (True, False, None, "false", 0, "true", 1))
    told = rows(desk.run("classify", "--jsonl", given=jsonl(*given)).out)
    assert [row["state"] for row in told] == [None, *["paid"] * 6]


def test_giant_lines_reach_the_model(desk: Desktop) -> None:
    """Together they are larger than the four megabytes one request may have."""
    given = jsonl(*({"text": "物业不退押金" + "😀" * 20_000} for _ in range(60)))
    told = desk.run("classify", "--jsonl", given=given)
    assert told.status == 0
    assert [row["judged_by"] for row in rows(told.out)] == ["model"] * 60


def test_ten_thousand_lines_come_back_in_order(desk: Desktop) -> None:
    count = 10_000
    told = desk.run("classify", given="".join(f"{number}号您好\n" for number in range(count)))
    assert (told.status, told.err) == (0, "")
    answers = rows(told.out)
    assert [row["id"] for row in answers] == [str(number) for number in range(1, count + 1)]
    assert {row["judged_by"] for row in answers} == {"model"}


def test_a_file_is_read_like_standard_input(desk: Desktop, tmp_path: Path) -> None:
    file = tmp_path / "短信 一.txt"
    file.write_text(SCAM + "\n", encoding="utf-8")
    by_name, by_dash = (
        partial(desk.run, "classify", str(file)),
        partial(desk.run, "classify", "-", given=SCAM),
    )
    for told in together((by_name, by_dash)):
        assert [row["risk"] for row in rows(told.out)] == ["danger"]


def test_a_reader_that_leaves_early_is_no_failure(desk: Desktop) -> None:
    started = desk.start("classify")
    assert started.process.stdin is not None
    assert started.process.stdout is not None
    started.process.stdin.write("您好\n".encode() * 3000)
    started.process.stdout.readline()
    started.process.stdout.close()
    started.process.stdout = None
    told = started.ends()
    assert (told.status, told.err) == (0, "")


def test_a_service_that_dies_midway_leaves_the_rest_to_the_rules(desk: Desktop, tmp_path: Path) -> None:
    own = NluProcess(tmp_path / "own")
    started = desk.start("classify", ONEDOOR_NLU_URL=asyncio.run(own.start()))
    told = _killed_midway(started, own)
    judges = [row["judged_by"] for row in rows(told.out)]
    assert told.status == 0
    assert (len(judges), judges[0], judges[-1]) == (3001, "model", "rules")
    assert judges == sorted(judges), "once the rules had to speak, they went on"
    assert rows(told.out)[-1]["risk"] == "danger"
    assert told.err == words("classify_rules") + "\n"


def _killed_midway(started: Started, own: NluProcess) -> Any:
    """The first answers come from the model, then it is gone before the rest is asked."""
    pipe = started.process.stdin
    assert pipe is not None
    first = "您好\n".encode() * 2000
    pipe.write(first)
    pipe.flush()
    shown = started.first_line()
    asyncio.run(own.stop())
    pipe.write("您好\n".encode() * 1000 + "请把钱转到安全账户\n".encode())
    pipe.flush()
    told = started.ends()
    return type(told)(told.status, shown + told.out, told.err)


def test_a_terminal_of_another_encoding_still_gets_whole_json(desk: Desktop) -> None:
    told = desk.run("classify", given=SCAM, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert told.status == 0
    (row,) = rows(told.out)
    assert row["reasons"][0]["text"] in SCAM


def test_a_file_that_is_not_there_is_wrong_use(desk: Desktop) -> None:
    names = ("/tmp", "~nobody-of-this-name/a", "a" * 300)
    told = together(partial(desk.run, "classify", name) for name in names)
    for name, one in zip(names, told, strict=True):
        assert (one.status, one.out, one.err) == (2, "", words("no_such_file", name=name) + "\n")
