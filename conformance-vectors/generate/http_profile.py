"""Signed requests and responses: what a client and a gateway write, honest and otherwise.

The signature line is a JWS in compact serialization whose payload is detached (RFC 7515 appendix F); the payload is the
RFC 8785 text of a JSON body, or the octets of another one.
"""

import hashlib
import json
from dataclasses import dataclass, field

import jws_text
from canonical import canonical
from encoding import b64u
from jose_keys import OctKey, text_of
from test_keys import ED1, ED2

#: The time of the cases, in Unix milliseconds: a whole second.
NOW = 1_800_000_000_000
SECOND = NOW // 1000
ORIGIN = "https://gw.example"
BODY = '{"id":1,"jsonrpc":"2.0","method":"tools/list"}'
NONCE = "abc123"
RPC = f"{ORIGIN}/rpc"
JSON_TYPE = "application/json"
JSON_FIELDS = f"Content-Type: {JSON_TYPE}\r\n"
#: The members that a client declares critical where they are there.
CRITICAL = ("ath", "aud", "can", "exp", "hdr", "htm", "htu", "iat", "iss", "nonce", "rsp")
RESPONSE_CRITICAL = ("aud", "can", "exp", "htm", "htu", "iat", "nonce", "rqh", "sts")
#: The key with which the gateway signs its responses.
GATEWAY = ED2


def kept(members: dict, changes: dict) -> dict:
    """The members with these changes, where `None` takes one away."""
    return {name: value for name, value in {**members, **changes}.items() if value is not None}


def request_header(key=ED1, **changes) -> dict:
    """The header of a request; `crit` follows from the members unless it is given."""
    members = kept(
        {
            "alg": key.algorithm,
            "aud": ORIGIN,
            "can": "jcs",
            "cty": JSON_TYPE,
            "exp": SECOND + 60,
            "htm": "POST",
            "htu": f"{ORIGIN}/rpc",
            "iat": SECOND,
            "kid": jws_text.kid_of(key),
            "nonce": NONCE,
            "typ": "samebyte-req+jws",
        },
        changes,
    )
    if "crit" not in changes:
        members["crit"] = [name for name in CRITICAL if name in members]
    return members


def response_header(key=GATEWAY, **changes) -> dict:
    """The header of a response to a signed request of `ED1`; `rqh` has to be given."""
    members = kept(
        {
            "alg": key.algorithm,
            "aud": ED1.thumbprint,
            "can": "jcs",
            "cty": JSON_TYPE,
            "exp": SECOND + 300,
            "iat": SECOND,
            "iss": ORIGIN,
            "kid": jws_text.kid_of(key),
            "nonce": NONCE,
            "sts": 200,
            "typ": "samebyte-res+jws",
        },
        changes,
    )
    if "crit" not in changes:
        members["crit"] = [name for name in RESPONSE_CRITICAL if name in members]
    return members


def line(key, payload: bytes, header, **how) -> str:
    """The value of the signature line over a header (an object, text or bytes) and a payload."""
    return jws_text.compact(key, payload, header, detached=True, **how)


def hash_of(signature_line: str, payload: bytes) -> str:
    """The SHA-256 of the signing input of a line: what binds a response to its request."""
    protected = signature_line.partition(".")[0]
    return b64u(hashlib.sha256(f"{protected}.{b64u(payload)}".encode("ascii")).digest())


def payload_of(body: bytes, can: str = "jcs") -> bytes:
    """The payload of the signature over an honest body."""
    return canonical(body.decode("utf-8")).encode("utf-8") if can == "jcs" and body else body


def lines(*pairs: tuple) -> str:
    """Field lines as the text of an argument."""
    return "".join(f"{name}: {value}\r\n" for name, value in pairs)


def trusting(*keys, tenant: str = "acme", **more) -> dict:
    """An entry of `trust`: public keys in a JWK Set, secrets apart; a dict stands as it is."""
    entry = {"tenant": tenant, **more}
    public = [key if isinstance(key, dict) else json.loads(key.public_jwk()) for key in keys if not _is_secret(key)]
    secrets = [{"alg": key.algorithm, "kid": key.kid, "secret": b64u(key.secret)} for key in keys if _is_secret(key)]
    if public:
        entry["jwks"] = {"keys": public}
    if secrets:
        entry["secrets"] = secrets
    return entry


def _is_secret(key) -> bool:
    return isinstance(key, OctKey)


def settings(trust=None, **changes) -> dict:
    """The settings of the gateway of most cases."""
    base = {
        "audiences": [ORIGIN],
        "public_origins": [ORIGIN],
        "replay": "external",
        "trust": [trusting(ED1)] if trust is None else trust,
    }
    return kept(base, changes)


def client_args(**changes) -> dict:
    """The arguments of a client's call."""
    base = {"key": jws_text.signer(ED1), "method": "POST", "url": RPC, "fields": JSON_FIELDS, "body": BODY.encode()}
    return kept({**base, "nonce": NONCE, "now": NOW}, changes)


@dataclass(frozen=True)
class Call:
    """A request on its way to a gateway."""

    key: object = ED1
    #: Changes of the header, or all of it as text or bytes.
    header: object = field(default_factory=dict)
    #: How the signature is made, as `line` takes it: `alg`, `signature`.
    how: dict = field(default_factory=dict)
    method: str = "POST"
    target: str = "/rpc"
    body: bytes = BODY.encode()
    #: What is signed, where that is not the body.
    payload: bytes | None = None
    content_type: str | None = JSON_TYPE
    #: Further field lines, before the signature.
    fields: tuple = ()
    #: What becomes of the signature line: the lines that stand there.
    edit: object = lambda line: (("X-Signature", line),)
    settings: dict = field(default_factory=settings)
    now: int = NOW
    later: int | None = None
    replay: str | None = None

    @property
    def members(self):
        """The header: an object, or what stands in its place."""
        if not isinstance(self.header, dict):
            return self.header
        return request_header(self.key, **self.header)

    @property
    def signed(self) -> bytes:
        """The payload that is signed."""
        if self.payload is not None:
            return self.payload
        can = self.members.get("can") if isinstance(self.members, dict) else "jcs"
        return payload_of(self.body, can)

    @property
    def line(self) -> str:
        """The signature line of the client."""
        header = self.members
        return line(self.key, self.signed, text_of(header) if isinstance(header, dict) else header, **self.how)

    def args(self) -> dict:
        """The arguments of `http_request_verify`."""
        content_type = (("Content-Type", self.content_type),) if self.content_type is not None else ()
        optional = {"later": self.later, "replay": self.replay}
        return {
            "settings": text_of(self.settings),
            "method": self.method,
            "target": self.target,
            "fields": lines(("Host", "gw.example"), *content_type, *self.fields, *self.edit(self.line)),
            "body": self.body,
            "now": self.now,
            **{name: value for name, value in optional.items() if value is not None},
        }

    def identity(self) -> dict:
        """What a gateway says about an honest request."""
        header = self.members
        named = {"iss": header["iss"]} if "iss" in header else {}
        return {
            "alg": "EdDSA" if header["alg"] == "Ed25519" else header["alg"],
            **{name: header[name] for name in ("aud", "exp", "iat", "kid", "nonce") if name in header},
            **named,
            "request_hash": hash_of(self.line, self.signed),
            "tenant": "acme",
        }
