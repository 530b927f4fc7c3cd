"""The vectors of noun `replay`."""

import hashlib

from test_keys import ED1, ED2
from vectors import Noun

_NOTES = {
    "key": "The first 16 bytes of SHA-256 over `samebyte-replay/1` and the parts, each with its length in four bytes, big-endian.",
    "observed": "Requests of routes that are only observed have a space of their own.",
    "boundary": "No part runs into another: none of these keys is equal to another.",
}


def build() -> Noun:
    """The one file of the noun."""
    noun = Noun("replay")
    file = noun.file("key", "the names of nonces by hashlib, from the formula of the specification", _NOTES)
    seen = set()

    def case(tenant, signer, nonce, comment, *flags, observed=False):
        key = _key(tenant, signer, nonce, observed)
        assert key not in seen
        seen.add(key)
        more = {"observed": "true"} if observed else {}
        args = {"tenant": tenant, "signer": signer, "nonce": nonce, **more}
        file.valid("replay_key", args, {"key_hex": key}, comment, *flags)

    for observed in (False, True):
        flags = ("key", "observed") if observed else ("key",)
        case("acme", ED1.thumbprint, "abc123", "a nonce", *flags, observed=observed)
        case("", ED1.thumbprint, "abc123", "the tenant of a bare JWK Set", *flags, observed=observed)
    case("acme", ED2.thumbprint, "abc123", "the same nonce of another key", "key")
    case("other", ED1.thumbprint, "abc123", "the same nonce of another tenant", "key")
    case("acme", ED1.thumbprint, "ABC123", "letters count", "key")
    case("acme", ED1.thumbprint, "n" * 128, "the longest nonce", "key")
    case("\u00e9\U0001f600", ED1.thumbprint, "n", "a tenant beyond ASCII: lengths are those of UTF-8", "key")
    case("a" * 300, "b" * 300, "c", "lengths of two bytes", "key")
    for tenant, signer, nonce in (
        ("ab", "c", "d"),
        ("a", "bc", "d"),
        ("a", "b", "cd"),
        ("abcd", "", ""),
        ("", "", "abcd"),
        ("", "", ""),
    ):
        case(tenant, signer, nonce, f"{tenant!r}, {signer!r}, {nonce!r}", "boundary")
    case("request", "", "", "a tenant of the name of a space", "boundary")
    return noun


def _key(tenant: str, signer: str, nonce: str, observed: bool) -> str:
    text = b"samebyte-replay/1"
    for part in ("observe" if observed else "request", tenant, signer, nonce):
        data = part.encode("utf-8")
        text += len(data).to_bytes(4, "big") + data
    return hashlib.sha256(text).digest()[:16].hex()
