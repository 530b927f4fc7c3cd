"""The vectors of nouns `http` and `replay`."""

import http_binding_vectors
import http_body_vectors
import http_environment_vectors
import http_frame_vectors
import http_key_vectors
import http_message_vectors
import http_order_vectors
import http_response_vectors
import http_settings_vectors
import http_signature_vectors
import http_target_vectors
from jose_signatures import CHECKED_BY as SIGNED_BY
from vectors import Noun

_CHECKED_BY = (
    "signature lines by generate/http_profile.py over canonical JSON of generate/canonical.py and rfc8785, which must agree; every outcome by hand and by "
    f"generate/http_gateway.py, which must agree; {SIGNED_BY}"
)
_TARGETS = "by generate/http_target.py, from RFC 3986 sections 5.2.4 and 6.2 and appendix A, with ipaddress for IPv6; what is refused is by hand"


def build() -> Noun:
    """Every file of the noun `http`."""
    noun = Noun("http")
    _file(noun, "target", _TARGETS, http_target_vectors, "cases")
    for module, makes in (
        (http_order_vectors, ("order", "modes", "replay", "clock")),
        (http_frame_vectors, ("frames",)),
        (http_signature_vectors, ("algorithms", "signatures")),
        (http_key_vectors, ("keys", "window")),
        (http_binding_vectors, ("bindings",)),
        (http_body_vectors, ("media", "bodies", "nonces")),
        (http_settings_vectors, ("refused",)),
        (http_environment_vectors, ("environment",)),
        (http_message_vectors, ("signing", "responses")),
        (http_response_vectors, ("verdicts",)),
    ):
        for make in makes:
            _file(noun, make, _CHECKED_BY, module, make)
    return noun


def _file(noun: Noun, name: str, checked_by: str, module, make: str) -> None:
    file = noun.file(name, checked_by, {})
    getattr(module, make)(file)
    file.notes = {flag: module.NOTES[flag] for case in file.cases for flag in case["flags"]}
