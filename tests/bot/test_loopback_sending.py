"""What the bot sends through aiogram's client arrives on a screen, and what Telegram refuses is refused."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendDice
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.loopback import LoopbackBotApi, NotHeard, Visitor

pytestmark = pytest.mark.unit


class Connect(Protocol):
    def __call__(self, *, token: str | None = None, timeout: float = 10) -> Bot: ...


def inline(*buttons: dict[str, Any]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(**one)] for one in buttons])


@pytest.fixture
async def wang(api: LoopbackBotApi) -> Visitor:
    """Somebody the bot may write to."""
    somebody = api.person("王芳")
    await somebody.says("你好")
    return somebody


async def test_a_sent_text_stands_on_the_screen_with_its_buttons(client: Bot, wang: Visitor) -> None:
    keyboard = inline(
        {"text": "对", "callback_data": "d:yes"}, {"text": "查询", "url": "http://127.0.0.1/c/1"}
    )
    sent = await client.send_message(wang.id, "  我理解得对吗？\n", reply_markup=keyboard)
    heard = await wang.hears("理解得对")
    assert (heard.text, heard.labels) == ("我理解得对吗？", ("对", "查询"))
    assert (heard.act("对"), heard.link("查询")) == ("d:yes", "http://127.0.0.1/c/1")
    assert sent.text == heard.text
    assert sent.reply_markup
    assert sent.reply_markup.model_dump() == keyboard.model_dump()
    assert sent.chat.first_name == "王芳"


async def test_a_reply_keyboard_offers_choices_and_is_no_part_of_the_message(
    client: Bot, wang: Visitor
) -> None:
    share = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="发送我的位置", request_location=True)]])
    sent = await client.send_message(wang.id, "在哪里？", reply_markup=share)
    assert (await wang.hears("在哪里")).choices == ("发送我的位置",)
    assert sent.reply_markup is None
    await client.send_message(wang.id, "记下了", reply_markup=ReplyKeyboardRemove())
    assert (await wang.hears("记下了")).choices == ()


async def test_a_picture_arrives_whole_and_can_be_sent_again_by_its_id(
    client: Bot, wang: Visitor, png: bytes
) -> None:
    sent = await client.send_photo(wang.id, BufferedInputFile(png, "qr.png"), caption="YM-261123-7KQ4")
    first = await wang.hears("YM-261123-7KQ4")
    assert (first.kind, first.content) == ("photo", png)
    assert sent.photo
    assert sent.photo[-1].width == sent.photo[-1].height > 20
    await client.send_photo(wang.id, sent.photo[-1].file_id)
    assert (await wang.hears()).content == png


async def test_a_document_keeps_its_name_and_bytes(client: Bot, wang: Visitor) -> None:
    sent = await client.send_document(
        wang.id, BufferedInputFile("甲方".encode(), "协议.txt"), caption="协议书"
    )
    assert sent.document
    assert sent.document.file_name == "协议.txt"
    heard = await wang.hears("协议书")
    assert (heard.kind, heard.content) == ("document", "甲方".encode())


@pytest.mark.parametrize(
    ("text", "refused"),
    [("", "message text is empty"), (" \n ", "message text is empty"), ("长" * 4097, "message is too long")],
)
async def test_a_text_out_of_bounds_is_refused(client: Bot, wang: Visitor, text: str, refused: str) -> None:
    with pytest.raises(TelegramBadRequest, match=refused):
        await client.send_message(wang.id, text)
    assert wang.heard == []


async def test_the_longest_text_and_caption_pass(client: Bot, wang: Visitor, png: bytes) -> None:
    await client.send_message(wang.id, "长" * 4096)
    await client.send_photo(wang.id, BufferedInputFile(png, "a.png"), caption="长" * 1024)
    assert [len(one.text) for one in wang.heard] == [4096, 1024]
    with pytest.raises(TelegramBadRequest, match="caption is too long"):
        await client.send_photo(wang.id, BufferedInputFile(png, "a.png"), caption="长" * 1025)


@pytest.mark.parametrize(
    ("button", "refused"),
    [
        ({"text": "按", "callback_data": "字" * 22}, "BUTTON_DATA_INVALID"),  # 66 bytes
        ({"text": "按", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "a"}, "text must be non-empty"),
        ({"text": "按"}, "Text buttons are unallowed"),
        ({"text": "按", "callback_data": "a", "url": "https://a.cn"}, "exactly one"),
        ({"text": "看", "url": "http://localhost/c/1"}, "Wrong HTTP URL"),
    ],
)
async def test_a_button_telegram_would_not_take_is_refused(
    client: Bot, wang: Visitor, button: dict[str, Any], refused: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=refused):
        await client.send_message(wang.id, "请选", reply_markup=inline(button))
    assert wang.heard == []


async def test_callback_data_of_64_bytes_passes(client: Bot, wang: Visitor) -> None:
    act = "字" * 21 + "a"
    await client.send_message(wang.id, "请选", reply_markup=inline({"text": "按", "callback_data": act}))
    assert (await wang.hears("请选")).act("按") == act


async def test_too_many_buttons_are_refused(client: Bot, wang: Visitor) -> None:
    many = inline(*({"text": str(number), "callback_data": str(number)} for number in range(101)))
    with pytest.raises(TelegramBadRequest, match="reply markup is too long"):
        await client.send_message(wang.id, "请选", reply_markup=many)


async def test_what_is_no_picture_is_refused(client: Bot, wang: Visitor) -> None:
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await client.send_photo(wang.id, BufferedInputFile(b"%PDF-1.7", "qr.png"))


async def test_a_file_beyond_telegrams_bound_is_refused(client: Bot, wang: Visitor) -> None:
    with pytest.raises(TelegramEntityTooLarge):
        await client.send_document(wang.id, BufferedInputFile(bytes(53 << 20), "all.bin"))


async def test_marked_up_text_is_refused_rather_than_shown_as_plain(client: Bot, wang: Visitor) -> None:
    with pytest.raises(TelegramBadRequest, match="parse_mode"):
        await client.send_message(wang.id, "<b>急</b>", parse_mode="HTML")


async def test_an_unknown_chat_is_not_found(client: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await client.send_message(12345, "有人吗")


async def test_a_bot_cannot_speak_first(client: Bot, api: LoopbackBotApi) -> None:
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await client.send_message(api.person().id, "您好")


async def test_who_blocked_the_bot_is_not_reached_until_unblocking(client: Bot, wang: Visitor) -> None:
    await wang.blocks()
    with pytest.raises(TelegramForbiddenError, match="blocked by the user"):
        await client.send_message(wang.id, "您好")
    await wang.unblocks()
    await client.send_message(wang.id, "又见面了")
    await wang.hears("又见面了")


async def test_a_wrong_token_opens_nothing(api: LoopbackBotApi, connect: Connect) -> None:
    with pytest.raises(TelegramUnauthorizedError):
        await connect(token="700000000:somebody-else").get_me()
    assert api.calls() == []


async def test_a_method_not_spoken_here_is_said_to_be_missing(client: Bot, wang: Visitor) -> None:
    with pytest.raises(TelegramNotFound, match="method not found"):
        await client(SendDice(chat_id=wang.id))


async def test_an_edit_changes_the_message_where_it_stands(client: Bot, wang: Visitor) -> None:
    before = await client.send_message(
        wang.id, "请选", reply_markup=inline({"text": "按", "callback_data": "a"})
    )
    heard = await wang.hears("请选")
    await client.edit_message_text("选好了", chat_id=wang.id, message_id=before.message_id)
    after = await wang.sees(heard, "选好了")
    assert (after.labels, after.edits, len(wang.heard)) == ((), 1, 1)


async def test_buttons_can_be_taken_away_alone(client: Bot, wang: Visitor) -> None:
    sent = await client.send_message(
        wang.id, "请选", reply_markup=inline({"text": "按", "callback_data": "a"})
    )
    heard = await wang.hears("请选")
    await client.edit_message_reply_markup(chat_id=wang.id, message_id=sent.message_id, reply_markup=None)
    assert (await wang.sees(heard, "请选")).labels == ()


async def test_an_edit_that_changes_nothing_or_somebody_elses_words_is_refused(
    client: Bot, wang: Visitor
) -> None:
    sent = await client.send_message(wang.id, "请选")
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await client.edit_message_text("请选", chat_id=wang.id, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await client.edit_message_text("请选", chat_id=wang.id, message_id=999_999)
    theirs = await wang.says("我的话")
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await client.edit_message_text("别人的话", chat_id=wang.id, message_id=theirs.message_id)


async def test_commands_are_kept_by_language_and_bad_ones_refused(client: Bot, api: LoopbackBotApi) -> None:
    await client.set_my_commands([BotCommand(command="help", description="能做什么")])
    await client.set_my_commands([BotCommand(command="help", description="Help")], language_code="en")
    assert [one["description"] for (one,) in api.commands.values()] == ["能做什么", "Help"]
    assert (await client.get_my_commands(language_code="en"))[0].description == "Help"
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await client.set_my_commands([BotCommand(command="Hilfe!", description="Hilfe")])


async def test_typing_is_noted_and_an_unknown_action_refused(client: Bot, wang: Visitor) -> None:
    await client.send_chat_action(wang.id, "typing")
    assert wang.chat.actions == ["typing"]
    with pytest.raises(TelegramBadRequest, match="wrong parameter action"):
        await client.send_chat_action(wang.id, "dancing")


async def test_the_bot_knows_its_own_name(client: Bot, api: LoopbackBotApi) -> None:
    me = await client.get_me()
    assert (me.id, me.is_bot) == (int(api.token.split(":")[0]), True)
    assert me.username


async def test_waiting_in_vain_tells_what_came_instead(client: Bot, wang: Visitor) -> None:
    await client.send_message(wang.id, "别的话", reply_markup=inline({"text": "按", "callback_data": "a"}))
    with pytest.raises(NotHeard, match=r"别的话.*按"):
        await wang.hears("没有的话", within=0.05)
    with pytest.raises(NotHeard, match="silence was expected"):
        await wang.hears_no_more(for_=0.05)
    with pytest.raises(NotHeard, match="按"):
        await wang.presses("没有的按钮", within=0.05)


async def test_hearing_a_message_passes_those_before_it(client: Bot, wang: Visitor) -> None:
    for text in ("一", "二", "三"):
        await client.send_message(wang.id, text)
    await wang.hears("二")
    assert [one.text for one in wang.unread] == ["三"]
    assert (await wang.hears()).text == "三"
    await wang.hears_no_more(for_=0.02)
