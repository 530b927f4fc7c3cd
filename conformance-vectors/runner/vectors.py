"""Every vector of the manifest against every adapter."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adapter import Fault


def load(root):
    """The cases of every file that the manifest of `root` names, in order."""
    root = Path(root)
    manifest = json.loads((root / "manifest.json").read_text("ascii"))
    cases = []
    for file in manifest["files"]:
        found = json.loads((root / file["path"]).read_text("ascii"))["cases"]
        if len(found) != file["cases"]:
            raise SystemExit(f"{file['path']} has {len(found)} cases, the manifest says {file['cases']}")
        cases.extend(found)
    return cases


def run(root, adapters, report):
    """Asks every adapter every case, and prints a line for each adapter."""
    cases = load(root)
    kinds = {row["name"]: row["kind"] for row in json.loads((Path(root) / "codes.json").read_text("utf-8"))}
    requests = [{"id": case["id"], "op": case["op"], "args": case["args"]} for case in cases]
    with ThreadPoolExecutor(max(1, len(adapters))) as pool:
        answers = list(pool.map(lambda adapter: (adapter.ask(requests), adapter.close()), adapters))
    for adapter, (replies, ending) in zip(adapters, answers, strict=True):
        reasons = report.expected_failures(adapter, {case["id"] for case in cases})
        good = sum(
            report.result(adapter, case["id"], problem(case, reply, kinds), reasons)
            for case, reply in zip(cases, replies, strict=True)
        )
        if ending is not None:
            report.fail(f"{adapter.name}: {ending}")
        print(f"{adapter.name}: {good} of {len(cases)} vectors")


def problem(case, reply, kinds):
    """What is wrong with the reply to a case, or `None`."""
    if isinstance(reply, Fault):
        return reply
    if "unsupported" in reply:
        return f"does not know {case['op']}"
    if "expected" in case:
        if "error" in reply:
            return f"refused with {_show(reply['error'])}, expected {_show(case['expected'])}"
        if _text(reply["ok"]) != _text(case["expected"]):
            return f"got {_show(reply['ok'])}, expected {_show(case['expected'])}"
        return None
    if "ok" in reply:
        return f"accepted with {_show(reply['ok'])}, expected {case['code']}"
    return refusal(reply["error"], case["code"], case.get("detail", {}), kinds)


def refusal(error, code, detail, kinds):
    """What is wrong with an error that must have this code and these members in its detail, or `None`."""
    if not isinstance(error, dict) or error.get("code") != code:
        return f"refused with {_show(error)}, expected {code}"
    if error.get("kind") != kinds[code]:
        return f"kind {_show(error.get('kind'))}, expected {kinds[code]}"
    found = error.get("detail") or {}
    for name, value in detail.items():
        if not isinstance(found, dict) or _text(found.get(name)) != _text(value):
            return f"detail {_show(found)}, expected {name} to be {_show(value)}"
    return None


def _text(value):
    """JSON text, by which 1, 1.0 and true are three values."""
    return json.dumps(value, sort_keys=True)


def _show(value):
    text = _text(value)
    return text if len(text) <= 400 else f"{text[:400]}…"
