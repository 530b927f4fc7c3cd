"""A gateway for clarity alone: the checks of a signed request, one after the other, in the order of the specification.

It reads nothing but the arguments of `http_request_verify`, and what it says is compared with what each case expects, so
that a case is wrong only if its author and this page are wrong together.
"""

import base64
import hashlib
import json
import re
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

import http_target
import strict_json
from canonical import canonical
from encoding import b64u, from_b64u
from jose_signatures import mac

_ALGORITHMS = {"EdDSA": "EdDSA", "Ed25519": "EdDSA", "ES256": "ES256", "ES384": "ES384", "HS256": "HS256"}
_BOUND = {"ath", "aud", "can", "exp", "hdr", "htm", "htu", "iat", "nonce"}
_UNDERSTOOD = _BOUND | {"iss", "rsp"}
_OVERRIDES = ("x-http-method-override", "x-original-url", "x-rewrite-url")
_MODES = ("off", "observe", "optional", "required")
_VERDICTS = {
    "replay": "replay_detected",
    "full": "replay_store_full",
    "cold": "replay_state_cold",
    "unavailable": "replay_store_unavailable",
}


class RejectedError(Exception):
    """The request is rejected; the argument is the code."""


def judge(args: dict) -> dict:
    """The result of `http_request_verify`, as Python values; `RejectedError` where it is an error."""
    request = _Request(args)
    passed = {"outcome": "pass", "body": args["body"]}
    mode = request.mode()
    if mode == "off":
        return passed
    try:
        if not request.all(request.settings.get("header", "x-signature")):
            if mode == "required":
                raise RejectedError("signature_missing")
            return passed
        accepted = request.verified()
    except RejectedError:
        if mode == "observe":
            return passed
        raise
    return passed if mode == "observe" else accepted


class _Request:
    def __init__(self, args: dict):
        self.args = args
        self.settings = json.loads(args["settings"])
        pairs = [line.split(":", 1) for line in args["fields"].split("\r\n") if line]
        allowed = self.settings.get("allowed_algs", ["EdDSA", "ES256", "ES384"])
        has_secrets = isinstance(self.settings["trust"], list) and any(
            "secrets" in one for one in self.settings["trust"]
        )
        self.check(not has_secrets or "HS256" in allowed, "settings_invalid")
        self.fields = [(name.lower(), value.strip(" \t")) for name, value in pairs]

    def all(self, name: str) -> list:
        return [value for field, value in self.fields if field == name]

    def mode(self) -> str:
        routes, default = self.settings.get("routes", []), self.settings.get("mode", "required")
        if any(self.all(name) for name in _OVERRIDES):
            return max([default, *(route["mode"] for route in routes)], key=_MODES.index)

        def first(method, matches):
            fitting = (route for route in routes if route.get("method") in (None, method) and matches(route["path"]))
            return next((route["mode"] for route in fitting), default)

        method, path = self.args["method"], self.args["target"].partition("?")[0]
        lenient = {"HEAD": "GET"}.get(method.upper(), method.upper())
        try:
            exact = first(method, lambda pattern: _matches(pattern, self.path()))
        except http_target.RefusedError:
            exact = default
        folded = first(lenient, lambda pattern: _matches(pattern, path, folded=True))
        return max(exact, folded, key=_MODES.index) if routes else default

    def target(self, origin: str) -> str:
        target = self.args["target"]
        return http_target.normalize(origin + target if target.startswith("/") else target)

    def verified(self) -> dict:
        """Rows 1 to 14 of the table of checks."""
        lines = self.all(self.settings.get("header", "x-signature"))
        self.check(len(lines) == 1, "signature_malformed")
        protected, signature = _taken_apart(lines[0])
        header = _read_header(protected, self.settings)
        algorithm = _ALGORITHMS.get(header["alg"])
        allowed = self.settings.get("allowed_algs", ["EdDSA", "ES256", "ES384"])
        self.check(algorithm in allowed and algorithm is not None, "signature_alg_not_allowed")
        entry, key = self.key(header)
        self.check(header.get("iss") in (None, entry["tenant"]), "signature_key_not_allowed")
        self.check(header["kid"] not in entry.get("revoked", []), "signature_key_revoked")
        self.key_allowed(header, entry, key, algorithm)
        if "iat" in header:
            self.window(header["iat"], header["exp"], self.args["now"])
        self.bindings(header)
        payload = self.payload(header)
        header = self.complete(header, payload)
        message = f"{protected}.{b64u(payload)}".encode("ascii")
        self.check(_verifies(key, algorithm, message, signature), "signature_invalid")
        later = self.args.get("later", self.args["now"])
        self.check(later >= self.args["now"] - 5000, "clock_stepped_back")
        self.window(header["iat"], header["exp"], max(later, self.args["now"]))
        verdict = self.args.get("replay", "new")
        if self.settings.get("replay", "memory") == "memory" and self.settings.get("preset") != "dev":
            # The gateway starts at the time of the request, and nothing can be signed long after that.
            verdict = "cold"
        self.check(verdict == "new", _VERDICTS.get(verdict))
        identity = {
            "alg": algorithm,
            **{name: header[name] for name in ("aud", "exp", "iat", "iss", "kid", "nonce") if name in header},
            "request_hash": b64u(hashlib.sha256(message).digest()),
            "tenant": entry.get("tenant", ""),
        }
        forwarded = self.args["body"] if self.settings.get("forward_body") == "original" else payload
        return {"outcome": "accept", "identity": canonical(json.dumps(identity)), "body": forwarded}

    def check(self, holds: bool, code: str) -> None:
        if not holds:
            raise RejectedError(code)

    def key(self, header: dict) -> tuple:
        """Row 4: the first source that has the kid, of the tenant that `iss` names if one of them is."""
        trust = self.settings["trust"]
        entries = [{"tenant": "", "jwks": trust}] if isinstance(trust, dict) else trust
        found = [
            (entry, key)
            for entry in entries
            for key in [*entry.get("jwks", {}).get("keys", []), *entry.get("secrets", [])]
            if key["kid"] == header["kid"]
        ]
        self.check(bool(found) or not any("jwks_uri" in entry for entry in entries), "key_source_unavailable")
        self.check(bool(found), "signature_unknown")
        return next(((entry, key) for entry, key in found if entry["tenant"] == header.get("iss")), found[0])

    def key_allowed(self, header: dict, entry: dict, key: dict, algorithm: str) -> None:
        now = self.args["now"]
        allowed = (
            key.get("samebyte_use") != "response"
            and key["alg"] == algorithm
            and entry.get("not_before", 0) * 1000 <= now <= entry.get("not_after", now) * 1000
            and header["aud"] in entry.get("aud", [header["aud"]])
            and algorithm in entry.get("algs", [algorithm])
            and any(
                _matches(route, self.path()) and _matches(route, self.path(), folded=True)
                for route in entry.get("routes", ["*"])
            )
        )
        self.check(allowed, "signature_key_not_allowed")

    def path(self) -> str:
        return self.target("https://a").removeprefix("https://a").partition("?")[0]

    def window(self, iat: int, exp: int, now: int) -> None:
        """Row 6."""
        ttl = self.settings.get("nonce_ttl", 300)
        self.check(iat < exp <= iat + ttl, "signature_window_invalid")
        self.check(iat * 1000 <= now + self.settings.get("future_skew", 5) * 1000, "signature_not_yet_valid")
        self.check(now <= (exp + self.settings.get("clock_skew", 30)) * 1000, "signature_expired")

    def bindings(self, header: dict) -> None:
        """Row 7."""
        mismatch = "signature_binding_mismatch"
        self.check(header["aud"] in self.settings["audiences"], mismatch)
        self.check(header["htm"] == self.args["method"], mismatch)
        try:
            targets = [self.target(origin) for origin in self.settings["public_origins"]]
            self.check(http_target.normalize(header["htu"]) in targets, mismatch)
        except http_target.RefusedError as error:
            raise RejectedError(mismatch) from error
        if "cty" in header:
            self.check([header["cty"]] == [_essence(line) for line in self.all("content-type")], mismatch)
        for name, value in header.get("hdr", {}).items():
            self.check(self.all(name) == [value], mismatch)
        credentials = [_credential_hash(line) for line in self.all("authorization")]
        if "ath" in header:
            self.check(credentials == [header["ath"]], mismatch)
        self.check(not credentials or "ath" in header or not self.settings.get("require_ath"), mismatch)
        self.check(not any(self.all(name) for name in _OVERRIDES), mismatch)

    def payload(self, header: dict) -> bytes:
        """Rows 9 and 10."""
        body, longest = self.args["body"], self.settings.get("max_body", 1 << 20)
        self.check(all(int(length) <= longest for length in self.all("content-length")), "body_too_large")
        codings = [coding.lower() for coding in self.all("content-encoding")]
        self.check(all(coding == "identity" for coding in codings), "content_encoding_unsupported")
        self.check(len(body) <= longest, "body_too_large")
        can = header.get("can", "none")
        if can != "jcs":
            self.check(can == "raw" or not body, "signature_binding_mismatch")
            return body
        try:
            strict_json.read(body, self.settings.get("max_depth", 128))
        except strict_json.RefusedError as error:
            raise RejectedError("body_not_canonicalizable") from error
        return canonical(body.decode("utf-8")).encode("utf-8")

    def complete(self, header: dict, payload: bytes) -> dict:
        """The nonce and the time of the body, where the settings let them stand there."""
        location = self.settings.get("nonce_location", "either")
        if location == "header":
            return header
        value = json.loads(payload) if header.get("can") == "jcs" else None
        nonce, ts = (value.get("nonce"), value.get("ts")) if isinstance(value, dict) else (None, None)
        usable = isinstance(nonce, str) and isinstance(ts, int)
        if not usable:
            self.check(location == "either" and "nonce" in header, "signature_malformed")
            return header
        if "nonce" in header:
            self.check((nonce, ts) == (header["nonce"], header["iat"]), "signature_binding_mismatch")
            return header
        self.check(_is_nonce(nonce, self.settings), "signature_malformed")
        header = {**header, "nonce": nonce, "iat": ts, "exp": ts + self.settings.get("nonce_ttl", 300)}
        self.window(header["iat"], header["exp"], self.args["now"])
        return header


def _taken_apart(line: str) -> tuple:
    """Row 1: header and signature of a line."""
    parts = line.split(".")
    if len(line.encode("utf-8")) > 8192 or len(parts) != 3 or parts[1]:
        raise RejectedError("signature_malformed")
    return parts[0], _strict_b64u(parts[2])


def _strict_b64u(text: str) -> bytes:
    if not re.fullmatch("[A-Za-z0-9_-]+", text) or len(text) % 4 == 1 or b64u(from_b64u(text)) != text:
        raise RejectedError("signature_malformed")
    return from_b64u(text)


def _read_header(protected: str, settings: dict) -> dict:
    """Row 2: the header and its rules."""
    malformed = "signature_malformed"
    try:
        header = strict_json.read(_strict_b64u(protected), max_depth=3, max_bytes=4096)
    except strict_json.RefusedError as error:
        raise RejectedError(malformed) from error

    def check(holds: bool) -> None:
        if not holds:
            raise RejectedError(malformed)

    check(isinstance(header, dict))
    check(not any(name in header for name in ("jwk", "jku", "x5u", "x5c", "b64", "zip")))
    check(header.get("typ") == "samebyte-req+jws")
    for name in ("alg", "aud", "htm", "htu", "kid"):
        check(isinstance(header.get(name), str) and header[name] != "")
    for name in ("ath", "can", "cty", "iss", "nonce", "rsp"):
        check(name not in header or (isinstance(header[name], str) and header[name] != ""))
    check(not any(isinstance(value, float) for value in header.values()))
    times = [name for name in ("exp", "iat", "nonce") if name in header]
    check(len(times) == 3 or (not times and settings.get("nonce_location", "either") != "header"))
    check(all(type(header[name]) is int and 0 <= header[name] < 2**53 for name in times if name != "nonce"))
    check(re.fullmatch("[!-~]{1,256}", header["kid"]) is not None)
    check("nonce" not in header or _is_nonce(header["nonce"], settings))
    check(header.get("rsp", "sign") == "sign")
    can, cty = header.get("can", "none"), header.get("cty")
    check(can in ("jcs", "none", "raw"))
    check((cty is None) == (can == "none"))
    check(cty is None or (_is_json(cty) == (can == "jcs")))
    hdr = header.get("hdr", {})
    check(isinstance(hdr, dict) and all(isinstance(value, str) for value in hdr.values()))
    check(all(re.fullmatch(r"[!#$%&'*+.^_`|~0-9a-z-]+", name) for name in hdr))
    crit = header.get("crit")
    check(isinstance(crit, list) and all(isinstance(name, str) for name in crit))
    check(len(set(crit)) == len(crit) and set(crit) <= _UNDERSTOOD and set(crit) <= set(header))
    check(_BOUND & set(header) <= set(crit))
    return header


def _is_nonce(text: str, settings: dict) -> bool:
    return re.fullmatch("[A-Za-z0-9._~-]{1,128}", text) is not None and len(text) >= settings.get("nonce_min_len", 1)


def _is_json(essence: str) -> bool:
    return essence == "application/json" or essence.partition("/")[2].endswith("+json")


def _credential_hash(authorization: str) -> str:
    """Of what follows the scheme, or of all where there is none."""
    scheme, _, credential = authorization.partition(" ")
    return b64u(hashlib.sha256((credential.strip(" ") or scheme).encode()).digest())


def _essence(content_type: str) -> str | None:
    essence, *parameters = content_type.split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() != "utf-8":
            return None
    return essence.strip().lower()


def _matches(pattern: str, path: str, folded: bool = False) -> bool:
    """Whether a path is one of a route; `folded`: for the most lenient router."""
    if folded and pattern != "*":
        below = _fold(pattern.removesuffix("*"))
        return _fold(path) == below or (pattern.endswith("/*") and _fold(path).startswith(below + "/"))
    return pattern == "*" or path == pattern or (pattern.endswith("/*") and path.startswith(pattern[:-1]))


def _fold(path: str) -> str:
    """Decoded, in lower case, without empty segments, dot segments, parameters and a slash at the end."""
    kept = []
    for segment in re.split(r"[/\\]", urllib.parse.unquote(path, "latin-1")):
        segment = segment.partition(";")[0]
        if segment == "..":
            kept = kept[:-1]
        elif segment not in ("", "."):
            kept.append(re.sub("[A-Z]", lambda letter: letter[0].lower(), segment))
    return "".join("/" + segment for segment in kept)


def _verifies(key: dict, algorithm: str, message: bytes, signature: bytes) -> bool:
    if algorithm == "HS256":
        return signature == mac(from_b64u(key["secret"]), message, "HS256")
    try:
        if algorithm == "EdDSA":
            ed25519.Ed25519PublicKey.from_public_bytes(from_b64u(key["x"])).verify(signature, message)
            return True
        curve, hashed = (ec.SECP256R1(), hashes.SHA256()) if algorithm == "ES256" else (ec.SECP384R1(), hashes.SHA384())
        size = curve.key_size // 8
        if len(signature) != 2 * size:
            return False
        x, y = (int.from_bytes(base64.urlsafe_b64decode(key[name] + "=="), "big") for name in ("x", "y"))
        pair = (int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))
        public = ec.EllipticCurvePublicNumbers(x, y, curve).public_key()
        public.verify(utils.encode_dss_signature(*pair), message, ec.ECDSA(hashed))
    except InvalidSignature:
        return False
    return True
