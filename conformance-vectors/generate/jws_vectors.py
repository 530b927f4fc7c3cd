"""The vectors of noun `jws`."""

import jws_encoding_vectors
import jws_external_vectors
import jws_header_vectors
import jws_inspect_vectors
import jws_policy_vectors
import jws_sign_vectors
import jws_signature_vectors
import jws_trust_vectors
import jws_verify_vectors
from classes import CLASSES
from jose_signatures import CHECKED_BY
from vectors import Noun

_CHECKED_BY = (
    f"{CHECKED_BY}; what they can read of the valid ones is confirmed by joserfc, PyJWT and jwcrypto (generate/jws_peers.py); those marked `rfc` are "
    "published; codes are by hand, from RFC 7515, RFC 7797 and the rules of the project"
)

NOTES = {
    "compact": "RFC 7515 section 7.1.",
    "flattened": "RFC 7515 section 7.2.2.",
    "general": "RFC 7515 section 7.2.1.",
    "detached": "The payload is beside the JWS (RFC 7515 appendix F).",
    "b64": "The payload is not base64url (RFC 7797).",
    "rfc": "Published in an RFC.",
    "kid": "Which key is meant.",
    "header": "The protected header.",
    "unprotected": "The unprotected header.",
    "crit": "Headers that must be understood (RFC 7515 section 4.1.11).",
    "typ": "The typ that the verifier expects (RFC 7515 section 4.1.9).",
    "payload": "The payload is any bytes.",
    "canonicalize": "The payload is JSON and is made canonical (RFC 8785) first.",
    "options": "An option of the operation or of the verifier.",
    "algorithm": "The algorithm is known, allowed and that of the key.",
    "base64url": "RFC 4648 section 5, without padding, white space or bits that do not belong to it: one signature has one spelling.",
    "limit": "A limit on size, depth or number.",
    "policy": "Which of several signatures must verify.",
    "broken": "An entry that is broken does not stop the next.",
    "confusion": "A MAC that is keyed with what everybody knows.",
    "embedded": "Keys and pointers to keys in the header select nothing.",
    "metadata": "What a key says about itself is enforced.",
    "verifier": "A verifier that contradicts itself.",
    "tampered": "One thing was changed after signing.",
    "ecdsa": "ECDSA at its edges.",
    "ed25519": "Ed25519 at its edges: the strict rule of libsodium.",
    "rsa": "RSASSA-PKCS1-v1_5 and RSASSA-PSS at their edges (RFC 8017).",
    "hmac": "HMAC (RFC 2104).",
    "twin": "r and n−s verify as r and s do.",
    "key": "The key that signs.",
    "append": "A further signature.",
    "prepare": "What an external signer is given: the message, and its digest where the algorithm starts with a hash.",
    "finish": "The signature of an external signer, which is verified before anything is assembled.",
    "inspect": "A report for people, of which nothing is verified.",
    "der": "ECDSA signatures in DER, as HSM and KMS give them, and their normal form.",
    **CLASSES,
}


def build() -> Noun:
    """Every file of the noun."""
    noun = Noun("jws")
    for name, make in (
        ("sign", jws_sign_vectors.valid),
        ("sign-refused", jws_sign_vectors.refused),
        ("append", jws_sign_vectors.appended),
        ("verify", jws_verify_vectors.valid),
        ("verify-special", jws_verify_vectors.special),
        ("header-refused", jws_header_vectors.refused),
        ("encoding-refused", jws_encoding_vectors.refused),
        ("trust-refused", jws_trust_vectors.refused),
        ("signature-refused", jws_signature_vectors.refused),
        ("signature-twin", jws_signature_vectors.both),
        ("policy", jws_policy_vectors.valid),
        ("policy-refused", jws_policy_vectors.unsatisfied),
        ("prepare", jws_external_vectors.prepared),
        ("finish", jws_external_vectors.finished),
        ("finish-refused", jws_external_vectors.unfinished),
        ("inspect", jws_inspect_vectors.valid),
        ("inspect-refused", jws_inspect_vectors.refused),
    ):
        file = noun.file(name, _CHECKED_BY, {})
        make(file)
        file.notes = {flag: NOTES[flag] for case in file.cases for flag in case["flags"]}
    return noun
