"""The cross matrix: each adapter signs, every adapter verifies, and refuses what was tampered with.

Where an algorithm has one right signature (Ed25519, RFC 6979, RSASSA-PKCS1-v1_5, HMAC), all adapters must also write the
same bytes, and results are canonical, so all must say the same.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adapter import Fault
from subjects import signings_of
from vectors import refusal


def run(root, adapters, report):
    """Signs with each adapter, verifies with each, and prints one table for each noun."""
    keys = {path.stem: path.read_text("ascii").strip() for path in sorted((Path(root) / "keys").glob("*.jwk"))}
    kinds = {row["name"]: row["kind"] for row in json.loads((Path(root) / "codes.json").read_text("utf-8"))}
    signings = signings_of(keys)
    signed = _ask(adapters, {adapter: [signing.request() for signing in signings] for adapter in adapters})
    names, checks = set(), []
    for signer in adapters:
        for signing, reply in zip(signings, signed[signer], strict=True):
            names.add(f"matrix/{signing.noun}/{signer.name}/{signing.name}/sign")
            for check in signing.checks(_output(signing, reply)):
                checks.append((signer, signing, check))
                names.add(_name(signer, signing, check))
    requests = [
        {"id": _name(signer, signing, check), "op": check.op, "args": check.args} for signer, signing, check in checks
    ]
    verified = _ask(adapters, dict.fromkeys(adapters, requests))

    reasons = {adapter: report.expected_failures(adapter, names) for adapter in adapters}
    first = adapters[0]
    for signer in adapters:
        for number, (signing, reply) in enumerate(zip(signings, signed[signer], strict=True)):
            problem = _signing_problem(signing, reply, signed[first][number], first)
            report.result(signer, f"matrix/{signing.noun}/{signer.name}/{signing.name}/sign", problem, reasons[signer])
    cells = {}
    for verifier in adapters:
        for (signer, signing, check), reply, other in zip(checks, verified[verifier], verified[first], strict=True):
            problem = _check_problem(check, reply, other, kinds)
            good = report.result(verifier, _name(signer, signing, check), problem, reasons[verifier])
            cell = cells.setdefault((signing.noun, signer, verifier), [0, 0])
            cell[0] += good
            cell[1] += 1
    for adapter in adapters:
        if (ending := adapter.close()) is not None:
            report.fail(f"{adapter.name}: {ending}")
    for noun in dict.fromkeys(signing.noun for signing in signings):
        _print_table(noun, adapters, cells)


def _ask(adapters, requests):
    with ThreadPoolExecutor(max(1, len(adapters))) as pool:
        return dict(zip(adapters, pool.map(lambda adapter: adapter.ask(requests[adapter]), adapters), strict=True))


def _name(signer, signing, check):
    return f"matrix/{signing.noun}/{signer.name}/{signing.name}/{check.name}"


def _output(signing, reply):
    """What the adapter signed, or an empty text that nobody verifies."""
    output = reply.get("ok", {}).get(signing.output) if isinstance(reply, dict) else None
    return output if isinstance(output, str) else ""


def _signing_problem(signing, reply, other, first):
    if isinstance(reply, Fault):
        return reply
    if not _output(signing, reply):
        return f"does not sign: {json.dumps(reply)[:300]}"
    if signing.deterministic and (isinstance(other, Fault) or _output(signing, reply) != _output(signing, other)):
        return f"signs other bytes than {first.name}"
    return None


def _check_problem(check, reply, other, kinds):
    if isinstance(reply, Fault):
        return reply
    if check.code is None:
        if "ok" not in reply:
            return f"does not verify: {json.dumps(reply)[:300]}"
        differs = not isinstance(other, Fault) and "ok" in other and reply["ok"] != other["ok"]
        return "says something else than the first adapter" if differs else None
    if "error" not in reply:
        return f"accepted, expected {check.code}"
    return refusal(reply["error"], check.code, check.detail, kinds)


def _print_table(noun, adapters, cells):
    """Rows sign, columns verify; a cell holds how many of its checks are as they must be."""
    table = [[f"{noun}: signer \\ verifier", *(adapter.name for adapter in adapters)]]
    for signer in adapters:
        row = [signer.name]
        for verifier in adapters:
            good, all_ = cells.get((noun, signer, verifier), (0, 0))
            row.append(f"{good}/{all_}" if good != all_ or not all_ else f"{all_} ok")
        table.append(row)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    print()
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
