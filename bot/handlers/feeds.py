"""The command /feeds: the list of the feeds that are watched, adding one, removing one, all of them as a file."""

from bot import admin_replies as replies
from bot import admin_texts as texts
from bot.addition import web_address
from bot.handlers.desk import Desk
from bot.newsroom import Newsroom
from bot.replies import Reply, said
from bot.sending import Target
from knowledge.errors import InputError
from knowledge.text import one_line

__all__ = ["feeds_command"]


async def feeds_command(desk: Desk, newsroom: Newsroom, target: Target, argument: str) -> None:
    """Carry out ``/feeds argument`` for an admin."""
    what, _, rest = argument.partition(" ")
    match what.casefold(), rest.strip():
        case "", "":
            reply = replies.feed_list(await newsroom.feeds())
        case "add", str(address) if address:
            reply = await _add(newsroom, address)
        case "remove", str(which) if which:
            reply = await _remove(newsroom, which)
        case "export", "":
            await _export(desk, newsroom, target)
            return
        case _:
            reply = said(texts.FEEDS_HOW)
    await desk.deliver(target, reply)


async def _add(newsroom: Newsroom, text: str) -> Reply:
    address = web_address(text)
    if address is None:
        return said(texts.NOT_AN_ADDRESS)
    try:
        watched = await newsroom.add_feed(address)
    except InputError as error:
        return said(texts.REFUSED + error.reason)
    if not watched.new:
        return said(texts.ALREADY_WATCHED)
    text = texts.watched(address)
    if watched.problem:
        # Without its advice: the watch tries again by itself.
        text = f"{text} {texts.NOT_REACHED}{one_line(watched.problem.partition('; ')[0], replies.REASON)}."
    return said(text)


async def _remove(newsroom: Newsroom, which: str) -> Reply:
    """Remove the feed that has this number in the list, or this address in one spelling or another."""
    feeds = await newsroom.feeds()
    if which.isdecimal():
        named = [feed for number, feed in enumerate(feeds, 1) if str(number) == which.lstrip("0")]
    else:
        named = [feed for feed in feeds if feed.address in (which, web_address(which))]
    if not named or not await newsroom.remove_feed(named[0].address):
        return said(texts.NOT_WATCHED)
    return said(texts.unwatched(named[0].address))


async def _export(desk: Desk, newsroom: Newsroom, target: Target) -> None:
    exported = await newsroom.exported_feeds()
    if exported is None:
        await desk.say(target, texts.NO_FEEDS)
        return
    await desk.send_document(target, exported, texts.FEEDS_FILE)
