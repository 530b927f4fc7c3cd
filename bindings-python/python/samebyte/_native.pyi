# The native module is private to this package. `python -m mypy.stubtest samebyte` holds this file against it.
from collections.abc import Iterable, Mapping, Sequence
from types import EllipsisType
from typing import Any, Literal, final

from samebyte._errors import SamebyteError
from samebyte._json import JSON, Text
from samebyte._signature import Prepared, Signature
from samebyte._trust import Trust

__all__ = [
    "Keyset",
    "PublicKey",
    "SigningKey",
    "VerifiedJws",
    "Verifier",
    "card_canonicalize",
    "card_diagnose",
    "card_sign",
    "card_verify",
    "config_sign",
    "config_verify",
    "document_from_dsse",
    "document_sign",
    "document_signing_input",
    "document_to_dsse",
    "document_verify",
    "document_verify_many",
    "jcs_canonicalize",
    "jcs_sha256",
    "job_authorize",
    "job_canonical_representation",
    "job_sign",
    "job_signatories",
    "job_verify_signatures",
    "jws_append",
    "jws_finish",
    "jws_inspect",
    "jws_prepare",
    "jws_sign",
    "jws_verify",
    "jws_verify_many",
    "receipt_canonical_representation",
    "receipt_sign",
    "receipt_verify",
    "result_sign",
    "result_verify",
    "sqooler_config_verify",
    "sqooler_key_from_jwk",
    "sqooler_key_to_jwk",
    "sqooler_public_key_from_jwk",
    "sqooler_public_key_to_jwk",
    "sqooler_result_verify",
    "sqooler_sign",
    "version",
]

@final
class SigningKey:
    @staticmethod
    def generate(algorithm: str, *, bits: int | None = None, kid: str | None = None) -> SigningKey: ...
    @staticmethod
    def from_jwk(jwk: JSON, *, algorithm: str | None = None) -> SigningKey: ...
    @staticmethod
    def from_pem(pem: Text, *, password: Text | None = None, algorithm: str | None = None) -> SigningKey: ...
    @staticmethod
    def from_der(der: Text, *, algorithm: str | None = None) -> SigningKey: ...
    @staticmethod
    def from_hex(algorithm: str, hex: Text) -> SigningKey: ...
    @staticmethod
    def symmetric(algorithm: str, secret: Text, *, kid: str | None = None) -> SigningKey: ...
    @staticmethod
    def symmetric_from_jwk(jwk: JSON) -> SigningKey: ...
    def to_jwk(self) -> bytes: ...
    def to_pem(self, *, password: Text | None = None) -> bytes: ...
    def to_der(self) -> bytes: ...
    def to_hex(self) -> str: ...
    @property
    def public_key(self) -> PublicKey: ...
    @property
    def algorithm(self) -> str: ...
    @property
    def kid(self) -> str | None: ...
    @property
    def thumbprint(self) -> str: ...

@final
class PublicKey:
    @staticmethod
    def from_jwk(jwk: JSON, *, algorithm: str | None = None) -> PublicKey: ...
    @staticmethod
    def from_pem(pem: Text, *, algorithm: str | None = None) -> PublicKey: ...
    @staticmethod
    def from_der(der: Text, *, algorithm: str | None = None) -> PublicKey: ...
    @staticmethod
    def from_hex(algorithm: str, hex: Text) -> PublicKey: ...
    def to_jwk(self) -> bytes: ...
    def to_pem(self) -> bytes: ...
    def to_der(self) -> bytes: ...
    def to_hex(self) -> str: ...
    @property
    def algorithm(self) -> str: ...
    @property
    def kid(self) -> str: ...
    @property
    def thumbprint(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Keyset:
    def __new__(cls, keys: Iterable[PublicKey | SigningKey]) -> Keyset: ...
    @staticmethod
    def from_jwks(jwks: JSON) -> Keyset: ...
    @staticmethod
    def lint(jwks: JSON) -> list[dict[str, Any]]: ...
    def to_jwks(self) -> bytes: ...
    def get(self, kid: str) -> PublicKey: ...
    def __len__(self) -> int: ...

@final
class Verifier:
    def __new__(
        cls,
        keys: Iterable[PublicKey | SigningKey] | Keyset,
        *,
        threshold: int | None = None,
        policy: Literal["all", "any"] | None = None,
        kids: Sequence[str] | None = None,
        algorithms: Sequence[str] | None = None,
        require_low_s: bool = False,
        crit: Sequence[str] = (),
        typ: str | None = None,
        max_header_bytes: int | None = None,
        max_payload_bytes: int | None = None,
        max_signatures: int | None = None,
    ) -> Verifier: ...

@final
class VerifiedJws:
    @property
    def payload(self) -> bytes: ...
    @property
    def signatures(self) -> tuple[Signature, ...]: ...
    @property
    def index(self) -> int: ...
    @property
    def kid(self) -> str | None: ...
    @property
    def algorithm(self) -> str: ...
    @property
    def thumbprint(self) -> str | None: ...
    @property
    def header(self) -> dict[str, Any]: ...
    def json(self) -> Any: ...
    def to_json(self) -> bytes: ...

def version() -> str: ...
def jcs_canonicalize(
    value: JSON,
    *,
    numbers: Literal["ieee754", "exact"] | None = None,
    max_depth: int | None = None,
    max_bytes: int | None = None,
) -> bytes: ...
def jcs_sha256(
    value: JSON,
    *,
    numbers: Literal["ieee754", "exact"] | None = None,
    max_depth: int | None = None,
    max_bytes: int | None = None,
) -> bytes: ...
def document_sign(document: JSON, key: SigningKey, media_type: str) -> bytes: ...
def document_verify(document: JSON, verifier: Trust, media_type: str) -> bytes: ...
def document_verify_many(
    documents: Iterable[Text], verifier: Trust, media_type: str
) -> list[bytes | SamebyteError]: ...
def document_signing_input(document: JSON, media_type: str) -> bytes: ...
def document_to_dsse(document: JSON, media_type: str) -> bytes: ...
def document_from_dsse(envelope: JSON, media_type: str) -> bytes: ...
def job_sign(job: JSON, key: SigningKey) -> bytes: ...
def job_verify_signatures(job: JSON) -> bytes: ...
def job_signatories(job: JSON) -> bytes: ...
def job_authorize(job: JSON, policy: JSON, now: int) -> bytes: ...
def job_canonical_representation(job: JSON) -> bytes: ...
def receipt_sign(receipt: JSON, key: SigningKey) -> bytes: ...
def receipt_verify(receipt: JSON, public_key: PublicKey) -> bytes: ...
def receipt_canonical_representation(receipt: JSON) -> bytes: ...
def jws_sign(
    payload: JSON,
    key: SigningKey,
    *,
    serialization: Literal["compact", "flattened", "general"] = "compact",
    detached: bool = False,
    b64: bool = True,
    canonicalize: Literal["exact", "ieee754"] | None = None,
    algorithm: str | None = None,
    kid: str | EllipsisType | None = ...,
    typ: str | None = None,
    header: Mapping[str, Any] | None = None,
    unprotected: Mapping[str, Any] | None = None,
) -> str: ...
def jws_append(
    jws: Text,
    key: SigningKey,
    *,
    payload: JSON = None,
    b64: bool = True,
    canonicalize: Literal["exact", "ieee754"] | None = None,
    algorithm: str | None = None,
    kid: str | EllipsisType | None = ...,
    typ: str | None = None,
    header: Mapping[str, Any] | None = None,
    unprotected: Mapping[str, Any] | None = None,
) -> str: ...
def jws_verify(
    jws: Text,
    verifier: Trust,
    *,
    payload: JSON = None,
    canonicalize: Literal["exact", "ieee754"] | None = None,
) -> VerifiedJws: ...
def jws_verify_many(jws: Iterable[Text], verifier: Trust) -> list[VerifiedJws | SamebyteError]: ...
def jws_prepare(
    payload: JSON,
    public_key: PublicKey,
    *,
    serialization: Literal["compact", "flattened", "general"] = "compact",
    detached: bool = False,
    b64: bool = True,
    canonicalize: Literal["exact", "ieee754"] | None = None,
    algorithm: str | None = None,
    kid: str | EllipsisType | None = ...,
    typ: str | None = None,
    header: Mapping[str, Any] | None = None,
    unprotected: Mapping[str, Any] | None = None,
) -> Prepared: ...
def jws_finish(
    payload: JSON,
    public_key: PublicKey,
    signature: Text,
    *,
    serialization: Literal["compact", "flattened", "general"] = "compact",
    detached: bool = False,
    b64: bool = True,
    canonicalize: Literal["exact", "ieee754"] | None = None,
    algorithm: str | None = None,
    kid: str | EllipsisType | None = ...,
    typ: str | None = None,
    header: Mapping[str, Any] | None = None,
    unprotected: Mapping[str, Any] | None = None,
) -> str: ...
def jws_inspect(jws: Text) -> dict[str, Any]: ...
def card_canonicalize(card: Text, form: Literal["sdk", "spec", "raw"]) -> bytes: ...
def card_sign(
    card: Text,
    key: SigningKey,
    *,
    portability: Literal["refuse", "strip", "each"] | None = None,
    form: Literal["sdk", "spec", "raw"] | None = None,
    jku: str | None = None,
    typ: str | None = None,
    algorithm: str | None = None,
) -> str: ...
def card_verify(card: Text, verifier: Trust, form: Literal["sdk", "spec", "raw"]) -> tuple[bytes, bytes]: ...
def card_diagnose(card: Text, verifier: Trust) -> dict[str, Any]: ...
def result_sign(document: JSON, key: SigningKey) -> bytes: ...
def result_verify(document: JSON, verifier: Trust, display_name: str, job_id: str) -> bytes: ...
def config_sign(document: JSON, key: SigningKey) -> bytes: ...
def config_verify(document: JSON, verifier: Trust, display_name: str) -> bytes: ...
def sqooler_sign(payload: Text, key: SigningKey) -> str: ...
def sqooler_result_verify(file: Text, key: PublicKey, display_name: str, job_id: str) -> str: ...
def sqooler_config_verify(file: Text, key: PublicKey, display_name: str) -> str: ...
def sqooler_key_from_jwk(jwk: JSON) -> SigningKey: ...
def sqooler_key_to_jwk(key: SigningKey) -> bytes: ...
def sqooler_public_key_from_jwk(jwk: JSON) -> PublicKey: ...
def sqooler_public_key_to_jwk(key: PublicKey) -> bytes: ...
