"""JSON Web Signature: compact, flattened and general, attached and detached (RFC 7515, RFC 7797).

A payload is ``str`` or bytes; with ``canonicalize=`` it is JSON, as text or as a native object, and signed in canonical
form. What verifies is a :class:`~samebyte.Verifier`; or a :class:`~samebyte.Keyset` or one key, with no option then.
"""

from samebyte._native import VerifiedJws
from samebyte._native import jws_append as append
from samebyte._native import jws_finish as finish
from samebyte._native import jws_inspect as inspect
from samebyte._native import jws_prepare as prepare
from samebyte._native import jws_sign as sign
from samebyte._native import jws_verify as verify
from samebyte._native import jws_verify_many as verify_many
from samebyte._signature import Prepared, Signature

__all__ = [
    "Prepared",
    "Signature",
    "VerifiedJws",
    "append",
    "finish",
    "inspect",
    "prepare",
    "sign",
    "verify",
    "verify_many",
]
