"""robots.txt: read once, by RFC 9309, and never a danger itself."""

import asyncio
import tracemalloc

import pytest

from knowledge.errors import InputError
from knowledge.web.fetch import Fetcher, Limits
from knowledge.web.robots import RULES, SITES, Robots
from tests.auxil.web_server import WebServer
from tests.web.clock import Clock

DAY = 24 * 3600


@pytest.fixture
async def server():
    async with WebServer() as server:
        yield server


@pytest.fixture
async def fetcher():
    async def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    limits = Limits(seconds=20, bytes=600_000)
    public = "127.0.0.1".__eq__
    async with Fetcher(
        "OnTheRecord/1.0 (+desk@harbour.example)", limits=limits, resolve=here, public=public
    ) as fetcher:
        yield fetcher


def put(server: WebServer, text: str | bytes, **options) -> None:
    server.put("/robots.txt", text, **{"media_type": "text/plain"} | options)


RULE_TABLE = [
    ("User-agent: *\nDisallow: /private", "/private/a", False),
    ("User-agent: *\nDisallow: /private", "/news", True),
    ("User-agent: *\nDisallow: /\nAllow: /news", "/news/a", True),
    ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
    ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
    ("User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
    ("User-agent: *\nDisallow: /\n\nUser-agent: OnTheRecord\nDisallow: /a", "/b", True),
    ("User-agent: ontherecord/2 # us\nDisallow: /\n\nUser-agent: *\nAllow: /", "/b", False),
    ("User-agent: SomeBot\nUser-agent: OnTheRecord\nDisallow: /", "/b", False),
    ("User-agent: On\nDisallow: /", "/b", True),
    ("User-agent: OnTheRecordings\nDisallow: /", "/b", True),
    ("user agent ontherecord\ndisallow /", "/b", False),
    ("\ufeffUser-agent: *\r\nDisallow: /\r\n", "/b", False),
    ("<html><body>Not here, but 200</body></html>", "/b", True),
    (b"\xff\xfe\x00\x80", "/b", True),
    ("", "/b", True),
    ("User-agent:\nDisallow: /", "/b", True),
]


@pytest.mark.parametrize(("text", "path", "allowed"), RULE_TABLE)
async def test_the_rules_are_those_of_our_name_or_of_everybody(server, fetcher, text, path, allowed):
    put(server, text)
    assert await Robots(fetcher).allows(server.url(path)) is allowed


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream", None])
async def test_the_type_of_the_file_does_not_matter(server, fetcher, kind):
    put(server, "User-agent: *\nDisallow: /", media_type=kind)
    assert not await Robots(fetcher).allows(server.url("/a"))


@pytest.mark.parametrize(
    ("fault", "allowed", "kept"),
    [
        ("404", True, DAY),
        ("410", True, DAY),
        ("redirect_loop", True, DAY),
        ("429", False, 600),
        ("500", False, 600),
        ("reset", False, 600),
        ("broken_gzip", False, 600),
        ("redirect_private", False, 600),
    ],
)
async def test_no_file_allows_all_and_one_that_cannot_be_had_nothing_for_a_while(server, fetcher, fault, allowed, kept):
    server.fault("/robots.txt", fault)
    clock = Clock()
    robots = Robots(fetcher, clock=clock)
    url = server.url("/a")
    assert await robots.allows(url) is allowed
    assert await robots.delay(url) == 0
    refusal = await robots.refusal(url)
    assert refusal is None or (not refusal.lasting and refusal.retry_after == 600 and "robots.txt" in str(refusal))
    asked = len(server.requests)
    clock.now += kept - 1
    await robots.allows(url)
    assert len(server.requests) == asked, "kept"
    server.fault("/robots.txt", None)
    put(server, f"User-agent: *\n{'Disallow' if allowed else 'Allow'}: /")
    clock.now += 1
    assert await robots.allows(url) is not allowed


async def test_a_site_is_asked_once_however_many_ask(server, fetcher):
    put(server, "User-agent: *\nDisallow: /private\nCrawl-delay: 2.5")
    robots = Robots(fetcher)
    answers = await asyncio.gather(*(robots.allows(server.url(f"/{i % 2 * 'private/'}{i}")) for i in range(10)))
    assert answers == [True, False] * 5
    assert await robots.delay(server.url("/")) == 2.5
    assert len(server.requests) == 1
    refusal = await robots.refusal(server.url("/private/a"))
    assert refusal.lasting
    assert "robots.txt does not allow" in str(refusal)


async def test_each_site_has_its_own_rules_and_the_longest_unused_are_forgotten(server, fetcher):
    put(server, "User-agent: *\nDisallow: /a")
    robots = Robots(fetcher)

    async def asked(host: str) -> int:
        before = len(server.requests)
        await robots.allows(server.url("/a", host=host))
        return len(server.requests) - before

    assert [await asked(f"site{i}.example") for i in (0, 1, 2, 1)] == [1, 1, 1, 0]
    for i in range(SITES - 1):
        await asked(f"more{i}.example")
    assert [await asked(f"site{i}.example") for i in (1, 2, 0)] == [0, 1, 1]


async def test_long_rules_are_kept_for_few_sites(server, fetcher):
    put(server, "User-agent: *\nDisallow: /a\n" + "#" * 400_000)
    robots = Robots(fetcher)
    fits = RULES // 400_000
    for i in range(fits + 1):
        assert not await robots.allows(server.url("/a", host=f"site{i}.example"))
    before = len(server.requests)
    assert not await robots.allows(server.url("/a", host=f"site{fits}.example"))
    assert len(server.requests) == before
    assert not await robots.allows(server.url("/a", host="site0.example"))
    assert len(server.requests) == before + 1


async def test_only_whole_lines_of_the_first_500_kibibytes_count(server, fetcher):
    head, cut = "User-agent: *\nDisallow: /\n", "Allow: /private"
    padding = "#" * (500 * 1024 - len(head) - len(cut)) + "\n"
    put(server, head + padding[1:] + cut + "-not")
    assert not await Robots(fetcher).allows(server.url("/private/a"))
    put(server, head + padding[len("\nAllow: /private-not") :] + cut + "\n#")
    assert await Robots(fetcher).allows(server.url("/private/a"))


async def test_many_names_before_many_rules_do_not_multiply(server, fetcher):
    names = "".join(f"User-agent: bot{i}\n" for i in range(1_500))
    put(server, names + "User-agent: *\n" + "Disallow: /a\n" * 1_500)
    tracemalloc.start()
    try:
        assert not await Robots(fetcher).allows(server.url("/a"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000, "1,500 names times 1,500 rules take a hundred megabytes"


async def test_a_fetcher_without_a_product_name_goes_by_the_rules_for_everybody(server):
    put(server, "User-agent: zzz\nDisallow: /\n\nUser-agent: *\nDisallow: /a")
    async with Fetcher("(+desk)", allow_private=True) as fetcher:
        robots = Robots(fetcher)
        assert [await robots.allows(server.url(path)) for path in ("/a", "/b")] == [False, True]


async def test_what_is_no_address_is_an_input_error(fetcher):
    with pytest.raises(InputError, match="not a web address"):
        await Robots(fetcher).allows("mailto:desk@harbour.example")
