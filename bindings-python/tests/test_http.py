"""What stands alone of signed requests: targets, addresses, how a fault is explained, a client."""

from __future__ import annotations

import base64
import json

import pytest
from gateways import CALLER, ORIGIN, SERVER, Clock, settings

import samebyte
from samebyte.http import Client, address_is_public, explain, normalize_target

FIELDS = [(b"content-type", b"application/json")]


def test_targets() -> None:
    assert normalize_target("HTTPS://Gw.Example:443/a/../%7eb?q=%2f") == "https://gw.example/~b?q=%2F"
    with pytest.raises(samebyte.UsageError):
        normalize_target("ftp://gw.example/")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f::1", True),
        ("127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("x", False),
    ],
)
def test_addresses(address: str, public: bool) -> None:
    assert address_is_public(address) is public


def test_a_fault_is_explained() -> None:
    clock, given = Clock(), settings()
    call = Client(CALLER, aud=given["audiences"][0], clock=clock).sign("POST", f"{ORIGIN}/rpc?q=1", FIELDS, b'{"a":1}')
    headers = [*FIELDS, (call.header[0].encode(), call.header[1].encode())]
    del given["sign_responses"]
    good = explain(given, "POST", "/rpc?q=1", headers, b'{ "a": 1.0 }', clock())
    assert good["verdict"] == "valid"
    assert all(check["passed"] for check in good["checks"])
    wrong = explain(given, "POST", "/rpc?q=2", headers, b'{"a":2}', clock())
    assert wrong["verdict"] == "signature_binding_mismatch"
    failed = {check["check"]: check["code"] for check in wrong["checks"] if not check["passed"]}
    assert {"signature_binding_mismatch", "signature_invalid"} <= set(failed.values())


def test_a_client() -> None:
    clock = Clock()
    client = Client(CALLER, SERVER.public_key, iss="acme", ttl=5, hdr=["x-id"], header="x-jws-signature", clock=clock)
    call = client.sign("POST", f"{ORIGIN}/rpc", [*FIELDS, (b"X-Id", b"7")], b"[1.0]", nonce="abc123")
    name, value = call.header
    assert (name, call.body) == ("x-jws-signature", b"[1]")
    inspected = json.loads(base64.urlsafe_b64decode(value.split(".")[0] + "=="))
    assert (inspected["iss"], inspected["exp"] - inspected["iat"], inspected["hdr"]) == ("acme", 5, {"x-id": "7"})
    assert (inspected["nonce"], inspected["aud"], inspected["htu"]) == ("abc123", ORIGIN, f"{ORIGIN}/rpc")
    assert client.sign("GET", f"{ORIGIN}/").body is None
    with pytest.raises(samebyte.RejectedError) as refused:
        call.verify(200, FIELDS, b"{}")
    assert refused.value.code == "signature_missing"
    unsigned = Client(CALLER, clock=clock).sign("GET", f"{ORIGIN}/").verify(200, FIELDS, b'{"b":1}')
    assert (unsigned.signed, unsigned.bound, unsigned.kid, unsigned.json()) == (False, False, None, {"b": 1})
    assert unsigned.to_json() == b'{"bound":false,"signed":false,"status":200}'
    for wrong in ({"ttl": 0}, {"require_signed": True}):
        with pytest.raises(samebyte.UsageError):
            Client(CALLER, **wrong)
    with pytest.raises(samebyte.UsageError):
        client.sign("POST", "no URL")
    with pytest.raises(samebyte.UsageError):
        client.sign("POST", f"{ORIGIN}/", [("a", "b")])  # type: ignore[list-item]
