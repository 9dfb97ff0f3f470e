"""Addresses: which hosts may be asked, and one spelling for one page."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from knowledge.errors import InputError

__all__ = ["is_public", "normalised", "parsed", "shown"]

_SHOWN = 200

# Special-purpose blocks that the standard library's table takes for ordinary ones, by the IANA registries of
# special-purpose IPv4 and IPv6 addresses (RFC 6890 and its updates).
_SPECIAL = tuple(
    ip_network(block)
    for block in (
        "100.64.0.0/10",  # shared by the customers of a carrier (RFC 6598)
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # the retired relays of 6to4 (RFC 7526)
        "64:ff9b:1::/48",  # NAT64 inside a network (RFC 8215)
        "2001::/23",  # protocol assignments, Teredo among them (RFC 2928)
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing (RFC 9602)
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052

# Parameters that say how a reader came to a page, never which page it is.
_TRACKING_PREFIXES = ("utm_", "mtm_", "hsa_")
_TRACKING = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh mc_cid mc_eid mkt_tok "
    "_hsenc _hsmi _ga _gl vero_id oly_anon_id oly_enc_id pk_campaign pk_kwd ref_src ref_url s_cid cmpid ocid wickedid "
    "at_medium at_campaign at_bbc_team guccounter guce_referrer guce_referrer_sig".split()
)


def is_public(ip: str | IPv4Address | IPv6Address) -> bool:
    """Whether ``ip`` is an address of the public internet, as one host speaks to another there.

    Private, loopback, link-local, shared, reserved, multicast, documentation and unspecified addresses are not. An
    IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is what that one is. Raises ValueError when ``ip``
    is no address.
    """
    address = ip_address(ip)
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    unusual = address.is_multicast or address.is_reserved or address.is_link_local or address.is_unspecified
    return address.is_global and not unusual and not any(address in block for block in _SPECIAL)


def parsed(url: str) -> httpx.URL:
    """``url`` taken apart, without its fragment; its host in ASCII, so that it can be asked.

    Raises InputError for anything else than an http or https address, and for one that holds a name or password.
    """
    try:
        address = httpx.URL(url.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise InputError(shown(url), "is not an address; give one like https://example.com/page") from error
    if address.scheme not in ("http", "https") or not address.raw_host:
        raise InputError(shown(url), "is not a web address; give one that starts with https:// or http://")
    if address.userinfo:
        raise InputError(shown(url), "holds a user's name or password; give the address without it")
    return address


def normalised(url: str) -> str:
    """The one spelling of an http or https address, used as the id of the article there.

    Scheme and host in lower case, no default port, no fragment, "/" for an empty path, and no parameters that only
    track readers (``utm_*``, ``fbclid``, ...); the other parameters stay as they are, in their order. Taking the
    spelling of a spelling changes nothing. Raises InputError as ``parsed``.
    """
    address = parsed(url)
    kept = [part for part in address.query.decode("ascii").split("&") if part and not _tracks(part)]
    path = address.raw_path.partition(b"?")[0]
    return str(address.copy_with(raw_path=path + ("?" + "&".join(kept)).encode("ascii") if kept else path))


def shown(url: str) -> str:
    """An address for a message: one line of at most 200 characters, without a user's name and password."""
    line = "".join(char if char.isprintable() else "?" for char in url)
    scheme, slashes, rest = line.partition("//")
    host = rest.partition("/")[0]
    if slashes and "@" in host:
        line = f"{scheme}//{rest[host.rindex('@') + 1 :]}"
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _tracks(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
