"""The runner against adapters that are wrong on purpose."""

import io
import json
import sys
import tempfile
import time
import unittest
from contextlib import redirect_stdout
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import run  # noqa: E402
import subjects  # noqa: E402
from adapter import Adapter, Fault  # noqa: E402


def _request(number, text, op="turn"):
    return {"id": str(number), "op": op, "args": {"input_utf8": text}}


class Folder(unittest.TestCase):
    """A folder of vectors of its own, and adapters in it under the names that make them wrong."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        (self.root / "xfails").mkdir()

    def path(self, name):
        path = self.root / name
        if not path.exists():
            # A copy of its own: the adapter knows by its name what it does wrong.
            path.write_bytes((HERE / "faulty_adapter.py").read_bytes())
            path.chmod(0o755)
        return str(path)

    def adapter(self, name, timeout=20.0):
        adapter = Adapter(self.path(name), timeout)
        self.addCleanup(adapter.close)
        return adapter

    def vectors(self, *cases):
        cases = [
            {"id": f"t-{number:04d}", "op": "turn", "args": {"input_utf8": text}, **outcome}
            for number, (text, outcome) in enumerate(cases)
        ]
        self.write("a.json", {"cases": cases})
        self.write("manifest.json", {"files": [{"path": "a.json", "cases": len(cases)}]})
        self.write("codes.json", [{"name": "bad", "kind": "malformed"}, {"name": "worse", "kind": "rejected"}])

    def write(self, name, value):
        (self.root / name).write_text(json.dumps(value))

    def run_it(self, what, *names, root=None, timeout="20"):
        """The exit code, what was printed, and its last line."""
        printed = io.StringIO()
        options = ["--root", str(root or self.root), "--xfails", str(self.root / "xfails"), "--timeout", timeout]
        with redirect_stdout(printed):
            code = run.main([what, *map(self.path, names), *options])
        return code, printed.getvalue(), printed.getvalue().splitlines()[-1]


class AdapterTest(Folder):
    def test_pipelined(self):
        requests = [_request(number, f"text {number}") for number in range(20_000)]
        replies = self.adapter("good").ask(requests)
        turned = [request["args"]["input_utf8"][::-1] for request in requests]
        self.assertEqual([reply["ok"]["output_utf8"] for reply in replies], turned)

    def test_long_lines(self):
        text = "x" * 5_000_000
        self.assertEqual(self.adapter("good").ask([_request(0, text)])[0]["ok"]["output_utf8"], text)

    def test_every_fault_costs_one_case(self):
        for fault, words in {
            "crash": "exit code 3",
            "abort": "SIGABRT",
            "hang": "no reply within",
            "rubbish": "not a reply",
            "huge": "not a reply",
            "twice": "not the reply",
        }.items():
            with self.subTest(fault):
                # A machine under load may take a second to start the adapter: only what hangs is not waited for.
                adapter = self.adapter("faulty", timeout=4.0 if fault == "hang" else 20.0)
                replies = adapter.ask([_request(1, "ab"), _request(2, fault), _request(3, "cd")])
                self.assertEqual(replies[0]["ok"]["output_utf8"], "ba")
                self.assertIsInstance(replies[1], Fault)
                self.assertIn(words, replies[1])
                self.assertEqual(replies[2]["ok"]["output_utf8"], "dc")

    def test_a_broken_adapter_is_not_asked_for_ever(self):
        begin = time.monotonic()
        replies = self.adapter("faulty").ask([_request(number, "crash") for number in range(5_000)])
        self.assertEqual(len(replies), 5_000)
        self.assertIn("not asked", replies[-1])
        self.assertLess(time.monotonic() - begin, 60)

    def test_dead_and_missing(self):
        self.assertIn("cannot find my library", self.adapter("dead").ask([_request(1, "a")])[0])
        self.assertIn("cannot be started", Adapter(self.root / "absent").ask([_request(1, "a")])[0])

    def test_the_end_is_watched(self):
        for name, words in (("good", None), ("limping", "exit code 1"), ("talkative", "more than it was asked")):
            with self.subTest(name):
                adapter = self.adapter(name)
                adapter.ask([_request(1, "a")])
                self.assertIn(words or "None", str(adapter.close()))


class VectorsTest(Folder):
    GOOD = (("abc", {"expected": {"output_utf8": "cba"}}), ("123", {"code": "bad", "detail": {"offset": 0}}))

    def test_all_good(self):
        self.vectors(*self.GOOD)
        code, _, last = self.run_it("vectors", "good", "better")
        self.assertEqual((code, last), (0, "4 passed, 0 failed, 0 skipped"))

    def test_wrong_results_are_shown(self):
        self.vectors(*self.GOOD)
        code, text, last = self.run_it("vectors", "good", "wrong")
        self.assertEqual((code, last), (1, "3 passed, 1 failed, 0 skipped"))
        self.assertIn('FAIL wrong t-0000: got {"output_utf8": "cab"}, expected {"output_utf8": "cba"}', text)

    def test_an_error_must_be_the_right_one(self):
        for outcome, words in (
            ({"code": "worse"}, "expected worse"),
            ({"code": "bad", "detail": {"offset": 1}}, "expected offset to be 1"),
            ({"code": "bad", "detail": {"offset": False}}, "expected offset to be false"),
            ({"expected": {"output_utf8": "321"}}, "refused with"),
        ):
            with self.subTest(words):
                self.vectors(("123", outcome))
                code, text, _ = self.run_it("vectors", "good")
                self.assertEqual(code, 1)
                self.assertIn(words, text)

    def test_accepting_is_no_refusal(self):
        self.vectors(("abc", {"code": "bad"}))
        code, text, _ = self.run_it("vectors", "good")
        self.assertEqual(code, 1)
        self.assertIn("accepted with", text)

    def test_true_is_not_one(self):
        self.vectors(("number", {"expected": {"output_utf8": "rebmun", "number": 1}}))
        self.assertEqual(self.run_it("vectors", "good")[0], 1)

    def test_the_kind_is_checked(self):
        self.vectors(("123", {"code": "bad"}))
        self.write("codes.json", [{"name": "bad", "kind": "rejected"}])
        self.assertIn("expected rejected", self.run_it("vectors", "good")[1])

    def test_unsupported_fails(self):
        self.vectors(("abc", {"op": "other", "expected": {}}))
        self.assertIn("does not know other", self.run_it("vectors", "good")[1])

    def test_a_fault_fails_its_case_alone(self):
        good = {"expected": {"output_utf8": "cba"}}
        self.vectors(("abc", good), ("crash", {"expected": {}}), ("abc", good))
        code, _, last = self.run_it("vectors", "faulty")
        self.assertEqual((code, last), (1, "2 passed, 1 failed, 0 skipped"))

    def test_a_dead_adapter_does_not_flood_the_screen(self):
        self.vectors(*((f"abc{number}", {"expected": {}}) for number in range(100)))
        _, text, last = self.run_it("vectors", "dead")
        self.assertEqual(last, "0 passed, 100 failed, 0 skipped")
        self.assertLess(len(text.splitlines()), 15)

    def test_expected_failures(self):
        self.vectors(*self.GOOD)
        for content, expected in (
            ("t-0000  # sorts otherwise\nmatrix/job/a/b/c # not of this run\n", (0, "1 passed, 0 failed, 1 skipped")),
            ("t-0000\n", (1, "1 passed, 2 failed, 0 skipped")),
            ("t-0000 # known\nt-0001 # passes by now\n", (1, "0 passed, 1 failed, 1 skipped")),
            ("t-0000 # known\nt-9999 # no such case\n", (1, "1 passed, 1 failed, 1 skipped")),
        ):
            with self.subTest(content):
                (self.root / "xfails" / "wrong.txt").write_text(content)
                code, _, last = self.run_it("vectors", "wrong")
                self.assertEqual((code, last), expected)

    def test_a_file_that_lost_cases_stops_the_run(self):
        self.vectors(*self.GOOD)
        self.write("manifest.json", {"files": [{"path": "a.json", "cases": 3}]})
        with self.assertRaises(SystemExit):
            self.run_it("vectors", "good")

    def test_no_vector_is_no_success(self):
        self.vectors()
        self.assertEqual(self.run_it("vectors", "good")[0], 1)


class MatrixTest(Folder):
    def test_an_adapter_that_cannot_sign_fails_everything(self):
        code, text, last = self.run_it("matrix", "good", "faulty", root=HERE.parent.parent)
        self.assertEqual(code, 1)
        self.assertTrue(last.startswith("0 passed, "), last)
        self.assertIn("receipt: signer", text)

    def test_each_check_asks_something_else(self):
        root = HERE.parent.parent
        keys = {path.stem: path.read_text() for path in (root / "keys").glob("*.jwk")}
        for noun in ("document", "job", "receipt", "jws"):
            with self.subTest(noun):
                cases = json.loads((root / "vectors" / noun / "sign.json").read_text())["cases"]
                signing = next(signing for signing in subjects.signings_of(keys) if signing.noun == noun)
                checks = signing.checks(cases[1]["expected"][f"{noun}_utf8"])
                self.assertGreater(len(checks), 8)
                self.assertEqual(len({check.name for check in checks}), len(checks))
                asked = {json.dumps([check.op, check.args], sort_keys=True) for check in checks}
                self.assertEqual(len(asked), len(checks))


if __name__ == "__main__":
    unittest.main()
