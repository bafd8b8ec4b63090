"""What people do reaches the bot by long polling, in Telegram's shapes and with Telegram's promises."""

from __future__ import annotations

import asyncio
import io

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.types import (
    ContentType,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageOriginHiddenUser,
    Update,
)

from bot.loopback import LoopbackBotApi, NotHeard, Visitor

pytestmark = pytest.mark.unit
YES_NO = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="对", callback_data="yes"),
            InlineKeyboardButton(text="不对", callback_data="no"),
        ]
    ]
)


@pytest.fixture
def wang(api: LoopbackBotApi) -> Visitor:
    return api.person("王芳")


async def only(client: Bot) -> Update:
    (update,) = await client.get_updates(timeout=5)
    return update


async def message(client: Bot) -> Message:
    update = await only(client)
    assert update.message
    return update.message


async def test_words_arrive_with_who_said_them_and_where(client: Bot, wang: Visitor) -> None:
    sent = await wang.says("楼上漏水")
    arrived = await message(client)
    assert (arrived.text, arrived.message_id, arrived.chat.id) == ("楼上漏水", sent.message_id, wang.id)
    assert arrived.from_user
    assert (arrived.from_user.first_name, arrived.from_user.language_code) == ("王芳", "zh-hans")
    assert arrived.chat.type == "private"


async def test_a_command_is_marked_as_one(client: Bot, wang: Visitor) -> None:
    await wang.says("/start g_QS-DH-01-1")
    arrived = await message(client)
    assert arrived.entities
    assert arrived.entities[0].extract_from(arrived.text or "") == "/start"


async def test_a_forwarded_text_names_its_origin(client: Bot, wang: Visitor) -> None:
    await wang.forwards("恭喜您中奖", from_="客服")
    origin = (await message(client)).forward_origin
    assert isinstance(origin, MessageOriginHiddenUser)
    assert origin.sender_user_name == "客服"


async def test_an_update_comes_again_until_its_number_is_passed(client: Bot, wang: Visitor) -> None:
    await wang.says("一")
    first = await only(client)
    assert (await only(client)).update_id == first.update_id
    await wang.says("二")
    (second,) = await client.get_updates(offset=first.update_id + 1)
    assert second.message
    assert second.message.text == "二"
    assert await client.get_updates(offset=second.update_id + 1) == []
    assert await client.get_updates() == []


async def test_a_negative_offset_forgets_all_but_the_last(client: Bot, wang: Visitor) -> None:
    for text in ("一", "二", "三"):
        await wang.says(text)
    assert [one.message.text for one in await client.get_updates(offset=-1) if one.message] == ["三"]
    assert len(await client.get_updates()) == 1


async def test_no_more_updates_come_at_once_than_were_asked_for(client: Bot, wang: Visitor) -> None:
    for number in range(5):
        await wang.says(str(number))
    assert [one.message.text for one in await client.get_updates(limit=2) if one.message] == ["0", "1"]


async def test_a_waiting_poll_is_answered_the_moment_something_is_said(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(client.get_updates(timeout=30))
        await api.listened_to()
        said_at = loop.time()
        await wang.says("在吗")
    assert [one.message.text for one in poll.result() if one.message] == ["在吗"]
    assert loop.time() - said_at < 5


async def test_a_poll_without_patience_returns_empty_handed(client: Bot) -> None:
    assert await client.get_updates(timeout=0) == []


async def test_a_second_poll_ends_the_first(client: Bot, api: LoopbackBotApi, wang: Visitor) -> None:
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(_conflict(client))
        await api.listened_to()
        second = tasks.create_task(client.get_updates(timeout=30))
        assert await first == "terminated by other getUpdates request"
        await wang.says("在吗")
    assert len(second.result()) == 1


async def _conflict(client: Bot) -> str:
    with pytest.raises(TelegramConflictError) as refused:
        await client.get_updates(timeout=30)
    return refused.value.message.split(": ", 1)[1].split(";")[0]


async def test_a_bot_that_hung_up_no_longer_counts_as_listening(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    poll = asyncio.get_running_loop().create_task(client.get_updates(timeout=30))
    await api.listened_to()
    poll.cancel()
    await api.called("getUpdates")
    with pytest.raises(NotHeard, match="no bot waits"):
        await api.listened_to(within=0.02)
    await wang.says("还在吗")
    assert (await message(client)).text == "还在吗"


async def test_only_wanted_kinds_are_sent_and_the_wish_is_remembered(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    await client.get_updates(allowed_updates=["edited_message"], timeout=0)
    sent = await wang.says("没人要听")
    await wang.edits(sent, "改了的")
    update = await only(client)
    assert update.message is None
    assert update.edited_message
    assert (update.edited_message.text, update.edited_message.message_id) == ("改了的", sent.message_id)
    assert update.edited_message.edit_date


async def test_an_edit_before_the_poll_leaves_the_first_words_in_their_update(
    client: Bot, wang: Visitor
) -> None:
    await wang.edits(await wang.says("第一次"), "第二次")
    said, edited = await client.get_updates()
    assert said.message
    assert edited.edited_message
    assert (said.message.text, edited.edited_message.text) == ("第一次", "第二次")


async def test_a_pressed_button_sends_its_act_and_waits_for_the_answer(client: Bot, wang: Visitor) -> None:
    await wang.says("你好")
    asked = await client.send_message(wang.id, "我理解得对吗？", reply_markup=YES_NO)
    async with asyncio.TaskGroup() as tasks:
        press = tasks.create_task(wang.presses("不对"))
        update = (await client.get_updates(offset=-1, timeout=5))[0]
        assert update.callback_query
        assert (update.callback_query.data, update.callback_query.from_user.id) == ("no", wang.id)
        assert update.callback_query.message
        assert update.callback_query.message.message_id == asked.message_id
        assert not press.done()
        await update.callback_query.answer("好")
    answer = press.result().answer
    assert answer
    assert answer.text("text") == "好"
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await client.answer_callback_query(update.callback_query.id)


async def test_a_press_nobody_answers_is_noticed(client: Bot, wang: Visitor) -> None:
    await wang.says("你好")
    await client.send_message(wang.id, "对吗？", reply_markup=YES_NO)
    with pytest.raises(NotHeard, match="was not answered"):
        await wang.presses("对", within=0.05)


async def test_an_old_message_can_be_pressed_instead_of_the_newest(client: Bot, wang: Visitor) -> None:
    await wang.says("你好")
    await client.send_message(wang.id, "第一问", reply_markup=YES_NO)
    old = await wang.hears("第一问")
    await client.send_message(wang.id, "第二问", reply_markup=YES_NO)
    with pytest.raises(NotHeard, match="was not answered"):
        await wang.presses("对", on=old, within=0.01)
    update = (await client.get_updates(offset=-1))[0]
    assert update.callback_query
    assert isinstance(update.callback_query.message, Message)
    assert update.callback_query.message.text == "第一问"


async def test_a_photo_comes_in_sizes_and_its_largest_can_be_fetched_whole(
    client: Bot, wang: Visitor, png: bytes
) -> None:
    await wang.sends_photo(png, caption="墙上的水")
    arrived = await message(client)
    assert (arrived.content_type, arrived.caption) == (ContentType.PHOTO, "墙上的水")
    assert arrived.photo
    assert arrived.photo[-1].width >= arrived.photo[0].width
    fetched = io.BytesIO()
    await client.download(arrived.photo[-1].file_id, destination=fetched)
    assert fetched.getvalue() == png


async def test_voice_video_and_files_come_with_their_size_and_bytes(client: Bot, wang: Visitor) -> None:
    await wang.sends_voice(b"OggS-voice")
    await wang.sends_video(b"video")
    await wang.sends_document("甲乙双方".encode(), name="合同.txt", mime="text/plain")
    voice, video, document = [one.message for one in await client.get_updates() if one.message]
    assert voice.voice
    assert video.video
    assert document.document
    assert (document.document.file_name, document.document.file_size) == ("合同.txt", 12)
    for sent, content in ((voice.voice, b"OggS-voice"), (video.video, b"video")):
        fetched = io.BytesIO()
        await client.download(sent, destination=fetched)
        assert fetched.getvalue() == content


async def test_a_file_too_large_is_announced_but_never_handed_out(client: Bot, wang: Visitor) -> None:
    await wang.sends_document(b"", name="video.mkv", claimed=21 << 20)
    document = (await message(client)).document
    assert document
    assert document.file_size == 21 << 20
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await client.get_file(document.file_id)
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await client.get_file("nothing")


async def test_an_album_is_several_messages_of_one_group(client: Bot, wang: Visitor, png: bytes) -> None:
    await wang.sends_album([png, png, png], caption="三张")
    pictures = [one.message for one in await client.get_updates() if one.message]
    assert [one.caption for one in pictures] == ["三张", None, None]
    assert len({one.media_group_id for one in pictures}) == 1
    assert pictures[0].media_group_id


async def test_places_cards_and_stickers_arrive_as_what_they_are(client: Bot, wang: Visitor) -> None:
    await wang.shares_location(34.79, 114.35)
    await wang.shares_contact("13800000000", "李四")
    await wang.sends_sticker("👍")
    place, card, sticker = [one.message for one in await client.get_updates() if one.message]
    assert place.location
    assert (place.location.latitude, place.location.longitude) == (34.79, 114.35)
    assert card.contact
    assert card.contact.phone_number == "13800000000"
    assert sticker.sticker
    assert sticker.sticker.emoji == "👍"


async def test_content_and_updates_of_the_future_pass_through(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    await wang.sends({"hologram": {"colours": 3}})
    assert (await message(client)).content_type == ContentType.UNKNOWN
    number = api.posts("mind_reading", {"thought": "?"})
    (strange,) = await client.get_updates(offset=number)
    assert strange.update_id == number
    assert strange.model_dump(exclude_none=True) == {"update_id": number, "mind_reading": {"thought": "?"}}


async def test_blocking_is_told_to_the_bot(client: Bot, wang: Visitor) -> None:
    await wang.blocks()
    member = (await only(client)).my_chat_member
    assert member
    assert (member.old_chat_member.status, member.new_chat_member.status) == ("member", "kicked")


async def test_words_in_a_group_carry_the_group(client: Bot, api: LoopbackBotApi, wang: Visitor) -> None:
    family = api.group("一家人")
    await wang.says("大家好", to=family)
    arrived = await message(client)
    assert (arrived.chat.type, arrived.chat.title, arrived.chat.id) == ("group", "一家人", family.id)
    await client.send_message(family.id, "请私下跟我说")
    await family.hears("私下")
    assert wang.heard == []


async def test_a_redelivered_update_has_its_old_number_and_comes_once(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    sent = await wang.says("一")
    assert await client.get_updates(offset=(await only(client)).update_id + 1) == []
    api.redelivers(sent)
    (again,) = await client.get_updates(offset=sent.update_id + 1)
    assert again.message
    assert (again.update_id, again.message.text) == (sent.update_id, "一")
    assert await client.get_updates(offset=sent.update_id + 1) == []


async def test_all_taken_waits_for_the_bots_confirmation(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    sent = await wang.says("一")
    with pytest.raises(NotHeard, match="1 updates were not taken"):
        await api.all_taken(within=0.02)
    await client.get_updates(offset=sent.update_id + 1)
    await api.all_taken(within=0.02)
