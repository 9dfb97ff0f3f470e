"""Addresses: public or not, and one spelling for one page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import InputError
from knowledge.web.addresses import is_public, normalised, shown

PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808", "100.63.255.255"]
NOT_PUBLIC = """
    0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.0.9 169.254.169.254 172.16.0.1 192.0.0.8 192.0.2.1 192.88.99.1
    192.168.1.1 198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255
    :: ::1 ::7f00:1 100::1 2001:0:1::1 2001:db8::1 3fff::1 5f00::1 fc00::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1::1 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::808:808
""".split()


@pytest.mark.parametrize(("ip", "public"), [(ip, True) for ip in PUBLIC] + [(ip, False) for ip in NOT_PUBLIC])
def test_only_addresses_of_the_public_internet_are_public(ip, public):
    assert is_public(ip) is public


def test_a_word_is_no_ip_address():
    with pytest.raises(ValueError, match="localhost"):
        is_public("localhost")


SPELLINGS = [
    ("HTTP://Harbour.Example:80", "http://harbour.example/"),
    ("https://harbour.example:443/news#top", "https://harbour.example/news"),
    ("https://harbour.example:8443/news", "https://harbour.example:8443/news"),
    ("https://harbour.example/a?utm_source=mail&b=2&fbclid=x&a=1&UTM_Medium=y", "https://harbour.example/a?b=2&a=1"),
    ("https://harbour.example/a?gclid=1&mc_cid=2&mc_eid=3", "https://harbour.example/a"),
    ("https://harbour.example/a?", "https://harbour.example/a"),
    ("https://harbour.example/a?b=%26&&c=&d", "https://harbour.example/a?b=%26&c=&d"),
    ("https://harbour.example/a?reference=utm_source", "https://harbour.example/a?reference=utm_source"),
    ("https://harbour.example/%7Eanna/", "https://harbour.example/%7Eanna/"),
    ("https://harbour.example/a%2Fb?c=%2F", "https://harbour.example/a%2Fb?c=%2F"),
    (" https://harbour.example/Ä?q=ö ", "https://harbour.example/%C3%84?q=%C3%B6"),
    ("https://Bücher.example/", "https://xn--bcher-kva.example/"),
    ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
]


@pytest.mark.parametrize(("url", "spelling"), SPELLINGS)
def test_one_page_has_one_spelling(url, spelling):
    assert normalised(url) == spelling
    assert normalised(spelling) == spelling


@given(st.text(max_size=40), st.text(max_size=40))
def test_taking_a_spelling_twice_changes_nothing_and_only_input_errors_are_raised(path, query):
    try:
        once = normalised(f"https://harbour.example/{path}?{query}")
    except InputError:
        return
    assert normalised(once) == once


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://harbour.example/a", "not a web address"),
        ("harbour.example/a", "not a web address"),
        ("http:///a", "not a web address"),
        ("", "not a web address"),
        ("http://[::1", "not an address"),
        ("http://a\nb/", "not an address"),
        ("http://℀.example/", "not an address"),
        ("https://" + "a" * 70_000, "not an address"),
        ("https://anna:secret@harbour.example/", "password"),
        ("https://anna@harbour.example/", "password"),
    ],
)
def test_what_is_no_address_is_refused_in_one_short_line(url, reason):
    with pytest.raises(InputError, match=reason) as caught:
        normalised(url)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 350
    assert "secret" not in str(caught.value)


def test_a_password_never_shows():
    assert shown("https://anna:p@ss@harbour.example/a@b") == "https://harbour.example/a@b"
    assert shown("https://harbour.example/a@b") == "https://harbour.example/a@b"
