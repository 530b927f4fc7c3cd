"""A case of `http_request_verify`: made by `http_profile`, judged by `http_gateway`, and expected by its author."""

import json

import http_gateway
from http_profile import Call
from jose_keys import text_of
from vectors import spell

#: What was asked already. A request that is honest in two respects stands once.
_asked: set = set()


def ok(file, comment: str, *flags, outcome: str = "accept", **how) -> None:
    """A request that its author expects to be accepted, or to pass."""
    call = Call(**how)
    args = call.args()
    found = http_gateway.judge(args)
    assert found["outcome"] == outcome, (comment, found)
    expected = {"outcome": outcome, "body_utf8": found["body"].decode("utf-8")}
    if outcome == "accept":
        expected["identity_utf8"] = found["identity"]
        if isinstance(call.members, dict) and "nonce" in call.members:
            assert found["identity"] == text_of(call.identity()), comment
    if _is_new(args):
        file.valid("http_request_verify", args, expected, comment, *flags)


def no(file, code: str, comment: str, *flags, **how) -> None:
    """A request that its author expects to be rejected with `code`."""
    args = Call(**how).args()
    try:
        found = http_gateway.judge(args)
    except http_gateway.RejectedError as rejected:
        found = str(rejected)
    assert found == code, (comment, code, found)
    if _is_new(args):
        file.invalid("http_request_verify", args, code, comment, *flags)


def _is_new(args: dict) -> bool:
    subject = json.dumps(spell(args), sort_keys=True)
    is_new = subject not in _asked
    _asked.add(subject)
    return is_new
