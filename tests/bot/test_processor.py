"""The order of work: many chats at once, one update of each, each update once, none too many."""

import asyncio
import datetime as dt

import pytest
from telegram import CallbackQuery, Chat, InlineQuery, Message, Update, User

from bot.order import ChatOrder, Seen


def update(number, chat):
    message = Message(number, dt.datetime.now(dt.UTC), Chat(chat, "private"), text="x")
    return Update(number, message=message)


class Work:
    """Coroutines that note when they run and end only when told to."""

    def __init__(self):
        self.began, self.running, self.most = [], set(), 0
        self.gates = {}

    async def of(self, name):
        self.began.append(name)
        self.running.add(name)
        self.most = max(self.most, len(self.running))
        await self.gates.setdefault(name, asyncio.Event()).wait()
        self.running.remove(name)

    def finish(self, name):
        self.gates.setdefault(name, asyncio.Event()).set()


async def breathe():
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def begin(work):
    tasks = []

    def begin(order, item, name):
        tasks.append(asyncio.ensure_future(order.process_update(item, work.of(name))))

    begin.tasks = tasks
    return begin


async def test_one_chat_is_served_in_the_order_it_wrote(work, begin):
    order = ChatOrder()
    for number in range(5):
        begin(order, update(number, 7), number)
    for number in range(5):
        await breathe()
        assert work.began == list(range(number + 1))
        work.finish(number)
    await asyncio.gather(*begin.tasks)


async def test_chats_do_not_wait_for_each_other(work, begin):
    order = ChatOrder()
    for number in range(3):
        begin(order, update(number, 7 + number), number)
    await breathe()
    assert work.running == {0, 1, 2}
    for number in range(3):
        work.finish(number)
    await asyncio.gather(*begin.tasks)


async def test_chats_that_wait_hold_up_nobody(work, begin):
    order = ChatOrder()
    for number in range(300):
        begin(order, update(number, number), number)
    begin(order, update(300, 300), "other")
    work.finish("other")
    await breathe()
    assert work.running == set(range(300))
    assert begin.tasks[-1].done()
    for number in range(300):
        work.finish(number)
    await asyncio.gather(*begin.tasks)


async def test_a_chat_with_a_long_line_leaves_room_for_others(work, begin):
    order = ChatOrder()
    for number in range(10):
        begin(order, update(number, 7), number)
    begin(order, update(10, 8), "other")
    await breathe()
    assert work.running == {0, "other"}
    for name in (*range(10), "other"):
        work.finish(name)
    await asyncio.gather(*begin.tasks)


async def test_a_chats_line_has_an_end(work, begin, log):
    order = ChatOrder(in_line=3)
    for number in range(6):
        begin(order, update(number, 7), number)
    begin(order, update(6, 8), "other")
    await breathe()
    for name in (*range(6), "other"):
        work.finish(name)
    await asyncio.gather(*begin.tasks)
    assert work.began == [0, "other", 1, 2]
    assert log.getvalue().count("too many of its chat in line") == 3
    begin(order, update(7, 7), "later")
    await breathe()
    assert "later" in work.running
    work.finish("later")
    await asyncio.gather(*begin.tasks)


class Gate:
    """Sends every update the same way."""

    def __init__(self, way):
        self.way, self.said, self.let_go = way, [], []

    def admit(self, update):
        return self.way

    async def say(self, update):
        self.said.append(update.update_id)

    async def dropped(self, update):
        self.let_go.append(update.update_id)


async def test_what_the_gate_keeps_out_waits_for_nothing(work, begin):
    order = ChatOrder()
    begin(order, update(1, 7), "first")
    await breathe()
    for number, way in enumerate(("say", "drop"), 2):
        gate = Gate(way)
        order.guard(gate)
        await order.process_update(update(number, 7), work.of(way))
        await order.process_update(update(number, 7), work.of(way))  # repeated: not judged again
        assert gate.said == ([number] if way == "say" else [])
        assert gate.let_go == ([number] if way == "drop" else [])
    assert work.began == ["first"]
    work.finish("first")
    await asyncio.gather(*begin.tasks)


def press(number, data, *, message=1, person=7):
    held = Message(message, dt.datetime.now(dt.UTC), Chat(7, "private"), text="x")
    query = CallbackQuery(str(number), User(person, "x", is_bot=False), "1", message=held, data=data)
    return Update(number, callback_query=query)


async def test_a_button_that_is_pressed_again_while_it_is_in_line_is_dropped(work, begin):
    order, gate = ChatOrder(), Gate("line")
    order.guard(gate)
    begin(order, update(1, 7), "first")
    others = [press(4, "b"), press(5, "a", message=2), press(6, "a", person=8)]
    for item in (press(2, "a"), press(3, "a"), *others):
        begin(order, item, item.update_id)
    await breathe()
    assert gate.let_go == [3]
    for name in ("first", 2, 4, 5, 6, 7):
        work.finish(name)
    await asyncio.gather(*begin.tasks)
    assert work.began == ["first", 2, 4, 5, 6]
    begin(order, press(7, "a"), 7)  # the earlier one has been carried out
    await breathe()
    assert work.began[-1] == 7


async def test_what_finds_no_place_in_line_is_let_go_of_and_what_is_repeated_is_not(work, begin):
    order, gate = ChatOrder(in_line=1), Gate("line")
    order.guard(gate)
    for number in (1, 2, 2, 1):
        begin(order, update(number, 7), number)
    await breathe()
    assert gate.let_go == [2]
    work.finish(1)
    await asyncio.gather(*begin.tasks)


async def test_what_goes_aside_waits_for_no_turn_and_takes_none(work, begin):
    order = ChatOrder(in_line=1)
    begin(order, update(1, 7), "first")
    await breathe()
    order.guard(Gate("aside"))
    for number in range(2, 5):
        begin(order, update(number, 7), number)
    await breathe()
    assert work.running == {"first", 2, 3, 4}
    for name in ("first", 2, 3, 4):
        work.finish(name)
    await asyncio.gather(*begin.tasks)


async def test_nothing_is_kept_of_an_idle_chat(work, begin):
    order = ChatOrder()
    for number in range(50):
        begin(order, update(number, number % 10), number)
        work.finish(number)
    await breathe()
    await asyncio.gather(*begin.tasks)
    assert order.chats_in_hand == 0


async def test_a_failure_gives_the_turn_back(work, begin):
    async def fail():
        raise RuntimeError

    order = ChatOrder()
    with pytest.raises(RuntimeError):
        await order.process_update(update(1, 7), fail())
    assert order.chats_in_hand == 0


async def test_a_repeated_update_does_nothing(work):
    order = ChatOrder()
    work.finish("first")
    work.finish("again")
    await order.process_update(update(1, 7), work.of("first"))
    await order.process_update(update(1, 7), work.of("again"))
    done = asyncio.get_running_loop().create_future()  # what is awaited need not be a coroutine
    done.set_result(None)
    await order.process_update(update(1, 7), done)
    assert work.began == ["first"]


async def test_a_persons_inline_queries_do_not_wait_for_their_chat(work, begin):
    order = ChatOrder()
    begin(order, update(1, 5), "chat")
    begin(order, Update(2, inline_query=InlineQuery("1", User(5, "x", is_bot=False), "q", "")), "inline")
    await breathe()
    assert work.running == {"chat", "inline"}
    for name in ("chat", "inline"):
        work.finish(name)
    await asyncio.gather(*begin.tasks)


async def test_updates_without_a_chat_have_their_order_too(work, begin):
    order = ChatOrder()
    query = InlineQuery("1", User(5, "x", is_bot=False), "q", "")
    for number, item in enumerate((Update(1, inline_query=query), Update(2, inline_query=query), Update(3), object())):
        begin(order, item, number)
    await breathe()
    assert work.began == [0, 2]  # one of the person's, one of nobody's
    for number in range(4):
        work.finish(number)
    await asyncio.gather(*begin.tasks)
    assert len(work.began) == 4


async def test_shutdown_lets_go():
    closed = []
    order = ChatOrder()
    await order.initialize()
    await order.shutdown()
    order.on_shutdown(lambda: closed.append(True))
    await order.shutdown()
    assert closed == [True]


def test_seen_forgets_the_oldest():
    seen = Seen(2)
    assert [seen.add(key) for key in (1, 1, 2, 3, 1, 3)] == [True, False, True, True, True, False]
