"""Vector files: what a case is, and how its id is kept."""

import json
from pathlib import Path

from encoding import b64u

ROOT = Path(__file__).resolve().parent.parent

#: The members of `args` that are written as `NAME_utf8` or `NAME_b64u`.
_BYTES = {
    "body",
    "card",
    "document",
    "envelope",
    "environment",
    "fields",
    "file",
    "input",
    "job",
    "jwk",
    "jwks",
    "jws",
    "payload",
    "policy",
    "receipt",
    "response",
    "response_fields",
    "settings",
    "signature",
}


class Noun:
    """All vector files of one noun, which share one sequence of ids."""

    def __init__(self, name: str):
        self.name = name
        self.files = []
        manifest = ROOT / "manifest.json"
        known = json.loads(manifest.read_text("ascii"))["last_id"] if manifest.exists() else {}
        self._last = known.get(name, 0)
        self._ids = {}
        for path in sorted((ROOT / "vectors" / name).glob("*.json")):
            for case in json.loads(path.read_text("ascii"))["cases"]:
                self._ids[_subject(case)] = case["id"]
                self._last = max(self._last, int(case["id"].rpartition("-")[2]))

    def file(self, name: str, checked_by: str, notes: dict) -> "File":
        """A new file of this noun; `notes` explains each flag that its cases carry."""
        file = File(name, checked_by, notes)
        self.files.append(file)
        return file

    def write(self) -> int:
        """Writes every file; a case that was there before keeps its id, a new one gets a number never used."""
        folder = ROOT / "vectors" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        seen = set()
        for file in self.files:
            for case in file.cases:
                subject = _subject(case)
                assert subject not in seen, f"written twice: {case}"
                seen.add(subject)
                if subject not in self._ids:
                    self._last += 1
                    self._ids[subject] = f"{self.name}-{self._last:04d}"
                case["id"] = self._ids[subject]
            (folder / f"{file.name}.json").write_text(file.text(self.name), "ascii")
        return len(seen)


class File:
    """One vector file."""

    def __init__(self, name: str, checked_by: str, notes: dict):
        self.name, self.checked_by, self.notes, self.cases = name, checked_by, notes, []

    def valid(self, op: str, args: dict, expected: dict, comment: str, *flags: str) -> None:
        """A case that succeeds with exactly `expected`."""
        self._add(op, args, comment, flags, {"expected": expected})

    def invalid(self, op: str, args: dict, code: str, comment: str, *flags: str, **detail) -> None:
        """A case that is refused with `code`; each member of `detail` must be in the error's detail."""
        self._add(op, args, comment, flags, {"code": code, **({"detail": detail} if detail else {})})

    def _add(self, op, args, comment, flags, outcome):
        assert flags, comment
        self.cases.append({"comment": comment, "flags": sorted(flags), "op": op, "args": spell(args), **outcome})

    def text(self, noun: str) -> str:
        """The file: one case on each line, ASCII only."""
        used = {flag for case in self.cases for flag in case["flags"]}
        assert used == set(self.notes), (self.name, used ^ set(self.notes))
        head = {
            "schema": "../../schema/vectors.schema.json",
            "noun": noun,
            "checked_by": self.checked_by,
            "notes": dict(sorted(self.notes.items())),
        }
        order = ("id", "comment", "flags", "op", "args", "expected", "code", "detail")
        lines = [json.dumps({name: case[name] for name in order if name in case}) for case in self.cases]
        return json.dumps(head, indent=2)[:-2] + ',\n  "cases": [\n    ' + ",\n    ".join(lines) + "\n  ]\n}\n"


def spell(args: dict) -> dict:
    """The arguments as PROTOCOL.md writes them: bytes as `NAME_utf8` where they are UTF-8, else as `NAME_b64u`."""
    spelled = {}
    for name, value in args.items():
        if name not in _BYTES:
            spelled[name] = value
            continue
        data = value.encode("utf-8") if isinstance(value, str) else value
        if name == "signature":
            # Some signatures happen to be text.
            spelled["signature_b64u"] = b64u(data)
            continue
        try:
            spelled[f"{name}_utf8"] = data.decode("utf-8")
        except UnicodeDecodeError:
            spelled[f"{name}_b64u"] = b64u(data)
    return spelled


def _subject(case: dict) -> str:
    return json.dumps([case["op"], case["args"]], sort_keys=True)
