"""The command against sqooler: real storage trees, in both directions.

Runs in a virtual environment of `requirements.txt`; the variable SAMEBYTE names the command.
"""

import base64
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import unittest
import warnings
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from sqooler.schemes import BackendConfigSchemaIn, LocalLoginInformation, ResultDict
from sqooler.security import (
    JWK,
    JWSDict,
    create_jwk_pair,
    jwk_from_config_str,
    public_from_private_jwk,
    sign_payload,
)
from sqooler.storage_providers.local import LocalProvider

#: A payload's worth of everything that JSON can hold and Python writes in a way of its own.
CURIOUS = {
    "z": "members stay in their order",
    "floats": [1e-07, 1e22, -0.0, 0.0, 1.0, 0.1, 1e16, 1e15, 0.0001, 0.00001, 5e-324, 1.7976931348623157e308, -1e-5],
    "integers": [0, -1, 2**53, 2**53 + 1, 2**64, -(10**100), 295147905179352830001],
    "text": ["é", "\u2028\u2029", "😀", "\U0010ffff", "\x00\x1f\x7f\x80", '"\\/\b\f\n\r\t', "ﬀ", ""],
    "names": {"": 0, "é": 1, "😀": 2, '"\\': 3, "\x7f": 4, "a b": 5, "10": 6, "9": 7},
    "nested": [[[[], {}, [{}]]], {"a": {"b": {"c": [None, True, False]}}}],
    "a": None,
}

NAME, JOB = "fermions", "5f2a0c1e9b7d4a6083c2e1f4"


def samebyte(*arguments, given=b""):
    """What the command answers: its output, or the code of its error."""
    command = [os.environ["SAMEBYTE"], *map(str, arguments)]
    data = given.encode("utf-8") if isinstance(given, str) else given
    run = subprocess.run(command, input=data, capture_output=True, check=False)
    if run.returncode == 0:
        return run.stdout
    line = run.stderr.decode("utf-8")
    assert run.returncode in (1, 2) and line.startswith("samebyte: "), line
    raise RefusedError(line.split(": ")[1])


class RefusedError(Exception):
    """The code of an error."""


class Storage(unittest.TestCase):
    """A storage of sqooler with one back end, and the files that its key lies in."""

    sign = True

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.provider = LocalProvider(LocalLoginInformation(base_path=str(self.root)))
        self.private, self.public = create_jwk_pair("node-1")
        config = self.config()
        self.provider.upload_config(config, NAME, self.private)
        if self.sign:
            self.provider.upload_public_key(self.public, NAME)
        self.key = self.root / "private.json"
        self.key.touch(0o600)
        self.key.write_text(self.private.model_dump_json(), "utf-8")
        self.public_key = self.root / "backends/public_keys/node-1.json"
        self.config_file = self.root / f"backends/configs/{NAME}.json"

    def config(self, **more):
        return BackendConfigSchemaIn(
            **{
                "description": "Ünïts ☕",
                "version": "0.1",
                "display_name": NAME,
                "cold_atom_type": "fermion",
                "gates": [{"name": "hop", "theta": 0.1, "max": 1e22, "curious": CURIOUS}],
                "max_experiments": 1000,
                "max_shots": 10**18,
                "simulator": True,
                "supported_instructions": ["hop"],
                "num_wires": 8,
                "wire_order": "interleaved",
                "num_species": 2,
                "sign": self.sign,
                "last_queue_check": datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc),
                **more,
            }
        )

    def result(self, job=JOB, **header):
        return ResultDict(
            display_name=NAME,
            backend_version="0.0.1",
            job_id=job,
            success=True,
            status="DONE",
            header={**CURIOUS, **header},
            results=[{"header": CURIOUS, "shots": 10, "success": True, "data": {"memory": ["0 1", "1 0"]}}],
        )

    def stored(self, job=JOB):
        return self.root / f"results/{NAME}/{job}.json"

    def verify(self, given, display_name=NAME, job=JOB, key=None):
        names = ["--display-name", display_name, "--job-id", job]
        arguments = ["result", "verify", "--profile", "sqooler", "--jwk", key or self.public_key, *names]
        return samebyte(*arguments, given=given)

    def verify_config(self, given, display_name=NAME):
        arguments = ["config", "verify", "--profile", "sqooler", "--jwk", self.public_key]
        return samebyte(*arguments, "--display-name", display_name, given=given)

    def written(self, payload, noun="result"):
        """The file that the command writes, which ends with a line feed."""
        text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False, default=datetime.isoformat)
        return samebyte(noun, "sign", "--profile", "sqooler", "--key", self.key, given=text).removesuffix(b"\n")

    def refused(self, code, verify, *arguments, **more):
        with self.assertRaises(RefusedError) as caught:
            verify(*arguments, **more)
        self.assertEqual(str(caught.exception), code)


class Theirs(Storage):
    """What sqooler wrote."""

    def test_results_verify(self):
        self.provider.upload_result(self.result(), NAME, JOB, self.private)
        self.assertTrue(self.provider.verify_result(NAME, JOB))
        payload = self.verify(self.stored().read_bytes())
        self.assertEqual(json.loads(payload), self.result().model_dump())
        self.assertIn(json.dumps(CURIOUS).encode(), payload)

    def test_configurations_verify(self):
        payload = self.verify_config(self.config_file.read_bytes())
        self.assertEqual(BackendConfigSchemaIn(**json.loads(payload)), self.config(kid="node-1"))
        # Signed anew at each look into the queue.
        self.provider.timestamp_queue(NAME, self.private)
        self.assertNotIn(b"2026-01-02T03:04:05", self.verify_config(self.config_file.read_bytes()))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.provider.update_config(self.config(max_shots=1), NAME, self.private)
        self.assertEqual(json.loads(self.verify_config(self.config_file.read_bytes()))["max_shots"], 1)
        self.refused("display_name_mismatch", self.verify_config, self.config_file.read_bytes(), "bosons")

    def test_copies_are_refused(self):
        other = "0" * 24
        self.provider.upload_result(self.result(), NAME, JOB, self.private)
        self.stored(other).write_bytes(self.stored().read_bytes())
        # The signature is good; it is the place that is wrong.
        self.assertTrue(self.provider.verify_result(NAME, other))
        self.refused("job_id_mismatch", self.verify, self.stored(other).read_bytes(), job=other)
        self.refused("display_name_mismatch", self.verify, self.stored().read_bytes(), "bosons")

    def test_what_was_changed_is_refused(self):
        self.provider.upload_result(self.result(), NAME, JOB, self.private)
        text = self.stored().read_text("ascii")
        self.verify(text)
        for old, new, code in (
            ("1e-07", "1e-08", "signature_invalid"),
            ('"DONE"', '"ERROR"', "signature_invalid"),
            (JOB, "0" * 24, "signature_invalid"),
            ("node-1", "node-2", "signature_unknown"),
            ('"EdDSA"', '"none"', "algorithm_not_allowed"),
            ('"JWS"', '"JWT"', "typ_mismatch"),
            ('"0.1"}', '"0.2"}', "signature_header_malformed"),
            ('"0.1"}', '"0.1", "crit": ["exp"], "exp": 1}', "signature_header_malformed"),
            ('"signature": "', '"signature": "\\n', "signature_malformed"),
            ('"payload": {', '"payload": {"success": false, ', "duplicate_member"),
            ('"header": {"alg"', '"payload": {}, "header": {"alg"', "duplicate_member"),
            ("2951479051793528300", "NaN, 2951479051793528300", "number_not_finite"),
        ):
            self.assertIn(old, text)
            self.refused(code, self.verify, text.replace(old, new, 1))
        # Python's decoder reads other spellings of the same bytes.
        jws = json.loads(text)
        last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        signature = jws["signature"]
        other = signature[:85] + last[last.index(signature[85]) | 1] + "=="
        for lax in (other, f"!{signature}", f"{signature}\n", f"{signature}="):
            self.assertTrue(JWSDict(**{**jws, "signature": lax}).verify_signature(self.public), lax)
            self.refused("signature_malformed", self.verify, text.replace(signature, json.dumps(lax)[1:-1]))

    def test_another_key_is_refused(self):
        self.provider.upload_result(self.result(), NAME, JOB, self.private)
        text = self.stored().read_bytes()
        for kid, code in (("node-1", "signature_invalid"), ("node-2", "signature_unknown")):
            _, public = create_jwk_pair(kid)
            path = self.root / "other.json"
            path.write_text(public.model_dump_json(), "utf-8")
            self.refused(code, self.verify, text, key=path)

    def test_what_no_json_holds_is_refused(self):
        for value, code in (
            (float("nan"), "number_not_finite"),
            (float("-inf"), "number_not_finite"),
            ("\ud800", "lone_surrogate"),
            (10**400, "number_overflow"),
        ):
            jws = sign_payload({"display_name": NAME, "job_id": JOB, "x": value}, self.private)
            self.assertTrue(jws.verify_signature(self.public))
            self.refused(code, self.verify, json.dumps(jws.model_dump()))


class Unsigned(Storage):
    """What sqooler stored without a signature."""

    sign = False

    def test_unsigned_files_are_refused(self):
        self.public_key.parent.mkdir(parents=True)
        self.public_key.write_text(self.public.model_dump_json(), "utf-8")
        self.provider.upload_result(self.result(), NAME, JOB)
        self.refused("document_unsigned", self.verify, self.stored().read_bytes())
        self.refused("document_unsigned", self.verify_config, self.config_file.read_bytes())


class Ours(Storage):
    """What the command wrote."""

    def place(self, payload, job=JOB):
        self.stored(job).parent.mkdir(parents=True, exist_ok=True)
        self.stored(job).write_bytes(self.written(payload))

    def test_results_verify(self):
        payload = self.result().model_dump()
        self.place(payload)
        self.assertTrue(self.provider.verify_result(NAME, JOB))
        self.assertEqual(self.provider.get_result(NAME, "", JOB).header, CURIOUS)
        self.assertEqual(json.loads(self.verify(self.stored().read_bytes())), payload)

    def test_the_file_is_the_one_that_sqooler_writes(self):
        self.place(self.result().model_dump())
        ours = self.stored().read_bytes()
        self.stored().unlink()
        self.provider.upload_result(self.result(), NAME, JOB, self.private)
        theirs = self.stored().read_bytes()
        self.assertEqual(ours, theirs)

    def test_configurations_verify(self):
        payload = self.config(kid="node-1").model_dump()
        ours, theirs = self.written(payload, "config"), self.config_file.read_bytes()
        self.assertEqual(ours, theirs)
        changed = self.config(kid="node-1", max_shots=3).model_dump()
        self.config_file.write_bytes(self.written(changed, "config"))
        self.assertEqual(self.provider.get_config(NAME).max_shots, 3)
        # Updating is for the holder of the key alone: sqooler makes the signature that is there once more.
        self.provider.update_config(self.config(max_shots=4), NAME, self.private)
        self.assertEqual(json.loads(self.verify_config(self.config_file.read_bytes()))["max_shots"], 4)
        self.config_file.write_bytes(self.written(changed, "config"))
        with self.assertRaises(ValueError):
            self.provider.update_config(self.config(max_shots=4), NAME, create_jwk_pair("node-1")[0])

    def test_what_was_changed_is_refused_by_sqooler(self):
        self.place(self.result().model_dump())
        text = self.stored().read_bytes()
        self.stored().write_bytes(text.replace(b"1e-07", b"1e-08", 1))
        self.assertFalse(self.provider.verify_result(NAME, JOB))

    def test_random_numbers_and_texts(self):
        chance = random.Random(8785)
        floats = [struct.unpack("<d", chance.randbytes(8))[0] for _ in range(20_000)]
        floats += [chance.uniform(-1, 1) * 10 ** chance.randint(-8, 20) for _ in range(20_000)]
        floats += [float(f"{chance.randint(1, 999)}e{exponent}") for exponent in range(-30, 30)]
        integers = [chance.getrandbits(chance.randint(1, 900)) * chance.choice((-1, 1)) for _ in range(2_000)]
        points = [*range(0x20), *range(0x7E, 0x100), *chance.sample(range(0x100, 0x110000), 4_000)]
        text = "".join(chr(point) for point in points if not 0xD800 <= point < 0xE000)
        payload = {
            "display_name": NAME,
            "job_id": JOB,
            "floats": [number for number in floats if number == number and abs(number) != float("inf")],
            "integers": integers,
            text: [text, {text[::-1]: list(text)}],
        }
        ours = self.written(payload)
        self.assertEqual(ours, json.dumps(sign_payload(payload, self.private).model_dump()).encode("ascii"))
        self.assertEqual(self.verify(ours), json.dumps(payload).encode("ascii") + b"\n")


class Keys(Storage):
    """The spelling of keys."""

    def test_private_keys_are_read(self):
        # As `sqoolerkey` prints it, and as `PRIVATE_JWK_STR` holds it.
        self.key.write_bytes(base64.urlsafe_b64decode(self.private.to_config_str()))
        self.assertEqual(jwk_from_config_str(self.private.to_config_str()), self.private)
        payload = {"display_name": NAME, "job_id": JOB}
        self.assertEqual(JWSDict(**json.loads(self.written(payload))), sign_payload(payload, self.private))

    def test_keys_of_the_command_are_read_by_sqooler(self):
        pem = self.root / "node.pem"
        samebyte("key", "new", "--alg", "EdDSA", "--out", pem)
        text = samebyte("key", "public", "--as", "sqooler", pem).decode("utf-8").removesuffix("\n")
        public = JWK(**json.loads(text))
        self.assertEqual(public.model_dump_json(), text)
        self.key.write_bytes(pem.read_bytes())
        payload = {"display_name": NAME, "job_id": JOB, "x": CURIOUS}
        self.assertTrue(JWSDict(**json.loads(self.written(payload))).verify_signature(public))

    def test_a_kid_has_two_spellings(self):
        # In the header that is signed it stands as pydantic writes it, in the file as json.dumps does.
        for kid in ("é", "😀", '"\\/', "\x7f\x80\u2028", "\x01\x1f\b\f\n\r\t", "<>&'", ""):
            private, public = create_jwk_pair(kid)
            self.key.write_text(private.model_dump_json(), "utf-8")
            path = self.root / "public.json"
            path.write_text(public_from_private_jwk(private).model_dump_json(), "utf-8")
            payload = {"display_name": NAME, "job_id": JOB}
            ours = self.written(payload)
            self.assertEqual(ours, json.dumps(sign_payload(payload, private).model_dump()).encode("ascii"), kid)
            self.assertTrue(JWSDict(**json.loads(ours)).verify_signature(public), kid)
            self.assertEqual(json.loads(self.verify(ours, key=path)), payload)


def record():
    """Notes for the page on interoperability what was proved."""
    folder = Path(__file__).resolve().parents[3] / "build/interop"
    folder.mkdir(parents=True, exist_ok=True)
    proved = {"peer": "sqooler", "version": version("sqooler"), "ours_to_theirs": True, "theirs_to_ours": True}
    forms = (("key", "JWK"), ("result", "configuration"), ("result", "result"))
    rows = [{"what": what, "algorithm": "EdDSA", "form": form, **proved} for what, form in forms]
    (folder / "cli.json").write_text(json.dumps(rows), "ascii")


if __name__ == "__main__":
    print(f"sqooler {version('sqooler')}")
    program = unittest.main(exit=False)
    if not program.result.wasSuccessful():
        sys.exit(1)
    record()
