"""Politeness: turns, pauses, rules and rests, by a clock that the tests hold."""

import asyncio

import pytest

from knowledge.web.fetch import Fetcher, FetchError, HostRestsError, Limits
from knowledge.web.polite import HOSTS, PoliteFetcher
from knowledge.web.robots import Robots
from tests.auxil.web_server import RETRY_AFTER, WebServer
from tests.web.clock import Clock

HTML = frozenset({"text/html"})
PAGE = "<p>The council met on Tuesday.</p>"


@pytest.fixture
async def server():
    async with WebServer() as server:
        server.put("/a", PAGE, etag='"1"')
        yield server


@pytest.fixture
async def fetcher():
    async def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async with Fetcher("OnTheRecord/1.0", limits=Limits(seconds=60), resolve=here, allow_private=True) as fetcher:
        yield fetcher


@pytest.fixture
def clock():
    return Clock()


def polite(fetcher: Fetcher, clock: Clock, *, robots: bool = False, gap: float = 1.0) -> PoliteFetcher:
    rules = Robots(fetcher, clock=clock) if robots else None
    return PoliteFetcher(fetcher, rules, gap=gap, sleep=clock.sleep, clock=clock)


async def fails(getter: PoliteFetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await getter.get(url, kinds=HTML)
    assert caught.value.name == url
    return caught.value


async def test_one_request_at_a_time_to_a_host_with_a_pause_between(server, fetcher, clock):
    getter = polite(fetcher, clock)
    pages = await asyncio.gather(*(getter.get(server.url("/a"), kinds=HTML) for _ in range(5)))
    assert {page.body for page in pages} == {PAGE.encode()}
    assert server.at_once == 1
    assert clock.slept == [1.0] * 4
    clock.now += 0.75
    await getter.get(server.url("/a"), kinds=HTML)
    clock.now += 5
    await getter.get(server.url("/a"), kinds=HTML)
    assert clock.slept == [1.0] * 4 + [0.25]


async def test_hosts_do_not_wait_for_each_other(server, fetcher, clock):
    getter = polite(fetcher, clock)
    server.fault("/slow", "drip")
    slow = asyncio.create_task(getter.get(server.url("/slow", host="slow.example"), kinds=HTML))
    while not server.asked("/slow"):
        await asyncio.sleep(0.01)
    await getter.get(server.url("/a", host="other.example"), kinds=HTML)
    assert not slow.done()
    assert clock.slept == []
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
    await getter.get(server.url("/a", host="slow.example"), kinds=HTML)  # the turn is free again


async def test_conditions_are_passed_on(server, fetcher, clock):
    page = await polite(fetcher, clock).get(server.url("/a"), kinds=HTML, etag='"1"', last_modified="Mon")
    assert page.status == 304
    assert server.requests[0].headers["If-Modified-Since"] == "Mon"


@pytest.mark.parametrize(("delay", "gap", "slept"), [(7, 1, 7), (7, 9, 9), (3600, 1, 30), (0, 0, None)])
async def test_a_crawl_delay_is_kept_within_reason(server, fetcher, clock, delay, gap, slept):
    server.put("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}")
    getter = polite(fetcher, clock, robots=True, gap=gap)
    await getter.get(server.url("/a"), kinds=HTML)
    await getter.get(server.url("/a"), kinds=HTML)
    assert clock.slept == ([slept] if slept else [])


async def test_what_robots_txt_forbids_is_not_asked(server, fetcher, clock):
    server.put("/robots.txt", "User-agent: *\nDisallow: /private")
    server.put("/private/a", PAGE)
    server.put("/over", "", status=302, headers={"Location": "/private/a"})
    getter = polite(fetcher, clock, robots=True)
    error = await fails(getter, server.url("/private/a"))
    assert error.lasting
    assert "robots.txt does not allow" in str(error)
    assert f"leads to {server.url('/private/a')}: robots.txt" in str(await fails(getter, server.url("/over")))
    assert server.asked("/private/a") == []
    assert (await polite(fetcher, clock).get(server.url("/private/a"), kinds=HTML)).status == 200


async def test_a_broken_robots_txt_is_a_reason_to_come_back(server, fetcher, clock):
    server.fault("/robots.txt", "500")
    error = await fails(polite(fetcher, clock, robots=True), server.url("/a"))
    assert (error.lasting, error.retry_after) == (False, 600)
    assert "robots.txt cannot be read (answers 500 (Internal Server Error)), so nothing" in error.reason
    assert server.asked("/a") == []


@pytest.mark.parametrize(
    ("status", "wait", "rests"),
    [(429, "120", 120), (503, "120", 120), (503, "9999999", 86_400), (429, None, 0), (429, "0", 0), (500, "120", 0)],
)
async def test_a_host_that_asks_for_rest_gets_it(server, fetcher, clock, status, wait, rests):
    server.put("/busy", "", status=status, headers={"Retry-After": wait} if wait else {})
    getter = polite(fetcher, clock, gap=0)
    url, other = server.url("/a"), server.url("/a", host="other.example")
    drawn = await fails(getter, server.url("/busy"))
    assert (drawn.status, isinstance(drawn, HostRestsError)) == (status, False)
    if rests:
        clock.now += 20
        error = await fails(getter, url)
        assert isinstance(error, HostRestsError)
        assert (error.lasting, error.retry_after) == (False, rests - 20)
        assert f"left alone for {rests - 20} s" in str(error)
        assert server.asked("/a") == []
        assert (await getter.get(other, kinds=HTML)).status == 200
        clock.now += rests - 20
    assert (await getter.get(url, kinds=HTML)).status == 200


async def test_a_redirect_to_a_host_that_rests_is_a_rest_too(server, fetcher, clock):
    server.fault("/busy", "429")
    server.put("/over", "", status=302, headers={"Location": server.url("/a", host="other.example")})
    getter = polite(fetcher, clock)
    await fails(getter, server.url("/busy", host="other.example"))
    assert isinstance(await fails(getter, server.url("/over")), HostRestsError)


@pytest.mark.parametrize(("wait", "rests"), [("120", 600), ("4000", 4000), ("9999999", 86_400)])
async def test_a_robots_txt_that_asks_for_rest_gets_it_for_its_host(server, fetcher, clock, wait, rests):
    server.put("/robots.txt", "", status=429, headers={"Retry-After": wait})
    getter = polite(fetcher, clock, robots=True)
    drawn = await fails(getter, server.url("/a"))
    assert (isinstance(drawn, HostRestsError), drawn.retry_after) == (False, rests)
    assert isinstance(await fails(getter, server.url("/a")), HostRestsError)
    server.put("/robots.txt", "")
    clock.now += rests - 1
    await fails(getter, server.url("/a"))
    assert len(server.requests) == 1
    clock.now += 1
    assert (await getter.get(server.url("/a"), kinds=HTML)).status == 200


async def test_those_who_wait_in_line_learn_of_the_rest_too(server, fetcher, clock):
    server.fault("/busy", "429")
    getter = polite(fetcher, clock)
    urls = [server.url("/busy")] + [server.url("/a")] * 3
    errors = await asyncio.gather(*(getter.get(url, kinds=HTML) for url in urls), return_exceptions=True)
    assert [error.retry_after for error in errors] == [RETRY_AFTER] * 4
    assert len(server.requests) == 1


async def test_a_redirect_is_a_turn_of_the_host_it_leads_to(server, fetcher, clock):
    server.put("/over", "", status=302, headers={"Location": server.url("/a", host="other.example")})
    getter = polite(fetcher, clock)
    await getter.get(server.url("/a", host="other.example"), kinds=HTML)
    page = await getter.get(server.url("/over", host="short.example"), kinds=HTML)
    assert page.url == server.url("/a", host="other.example")
    assert clock.slept == [1.0]


async def test_hosts_that_are_idle_are_forgotten_and_those_in_use_are_not(server, fetcher, clock):
    server.fault("/slow", "drip")
    getter = polite(fetcher, clock)
    slow = asyncio.create_task(getter.get(server.url("/slow", host="slow.example"), kinds=HTML))
    await getter.get(server.url("/a", host="first.example"), kinds=HTML)
    for i in range(HOSTS):
        await fails(getter, f"https://{i}.example:1/")
    await getter.get(server.url("/a", host="first.example"), kinds=HTML)
    assert clock.slept == [], "first.example was forgotten, so it need not wait"
    waiting = asyncio.create_task(getter.get(server.url("/a", host="slow.example"), kinds=HTML))
    await asyncio.sleep(0.05)
    assert not waiting.done(), "slow.example is still being asked"
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
    assert (await waiting).status == 200
