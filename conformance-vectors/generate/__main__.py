"""Writes conformance-vectors/vectors/. Run by hand: `python conformance-vectors/generate`.

Nothing here uses samebyte: the point of a vector is that something else made its expected value.
"""

import json

import jsonschema

import card_vectors
import document_vectors
import http_vectors
import jcs_vectors
import job_vectors
import jose_keys
import jws_vectors
import key_vectors
import keyset_vectors
import receipt_vectors
import replay_vectors
import result_vectors
import sqooler_vectors
from test_keys import FILES
from vectors import ROOT


def main() -> None:
    for key in (*FILES, *jose_keys.FILES):
        text = key.jwk() if isinstance(key, jose_keys.OctKey) else key.private_jwk()
        (ROOT / "keys" / f"{key.name}.jwk").write_text(text + "\n", "ascii")
    for module in (
        jcs_vectors,
        key_vectors,
        keyset_vectors,
        jws_vectors,
        card_vectors,
        document_vectors,
        job_vectors,
        receipt_vectors,
        result_vectors,
        sqooler_vectors,
        http_vectors,
        replay_vectors,
    ):
        noun = module.build()
        print(noun.name, noun.write())
    for path in sorted((ROOT / "vectors").glob("*/*.json")):
        _check(path, "vectors")
    for name in ("codes", "operations", "exceptions"):
        _check(ROOT / f"{name}.json", name)


def _check(path, name) -> None:
    schema = json.loads((ROOT / "schema" / f"{name}.schema.json").read_text("ascii"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(path.read_text("utf-8")))


main()
