"""Bodies that real programs write anew on their way."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checks import equal, holds
from fault_proxy import FaultProxy
from frames import Frame, Signer, canonical
from front import Front
from gateway import Gateway
from load import ask

MEMORY = {"REPLAY_STORE": "memory"}

# Where Debian has it.
MODULE = Path("/usr/lib/nginx/modules/ngx_http_js_module.so")

BODY: dict[str, Any] = {
    "id": "",
    "jsonrpc": "2.0",
    "method": "ping",
    "params": {"a": 1, "b": [True, None, "/\u00e9\u20ac"], "c": "\n", "d": {}, "e": 0.25},
}

# Programs that read JSON and write it anew, each in its own way.
WRITERS = {
    "php": ["php", "-r", "echo json_encode(json_decode(stream_get_contents(STDIN)));"],
    "php pretty": [
        "php",
        "-r",
        "echo json_encode(json_decode(stream_get_contents(STDIN)), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES);",
    ],
    "node": ["node", "-e", "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0)), null, 1))"],
    "jq": ["jq", "."],
    "jq sorted": ["jq", "--sort-keys", "--tab", "."],
    "jq ASCII": ["jq", "--ascii-output", "--compact-output", "."],
    "python": [sys.executable, "-m", "json.tool"],
    "perl": ["json_pp", "-json_opt", "pretty,utf8,ascii"],
}

# Programs that do not give back what they have read.
SPOILERS = {
    # An empty object becomes an empty list.
    "php with arrays for objects": ["php", "-r", "echo json_encode(json_decode(stream_get_contents(STDIN), true));"],
    "jq without what is null": ["jq", "del(..|nulls)"],
    "jq with texts for numbers": ["jq", 'walk(if type == "number" then tostring else . end)'],
}

# nginx with njs, which writes the body anew on its way.
NJS = {
    "options": f"load_module {MODULE};",
    "rules": f"js_import again from {Path(__file__).with_name('again.js')};\n  js_set $again again.write;",
    "more": "proxy_set_body $again;",
}


def written(command: list[str], text: bytes) -> bytes:
    return subprocess.run(command, input=text, capture_output=True, check=True).stdout


def installed(programs: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: command for name, command in programs.items() if shutil.which(command[0])}


def rewritten(text: bytes) -> dict[str, bytes]:
    """The same value in texts that no program would write."""
    value = json.loads(text)
    return {
        "unescaped": json.dumps(value, ensure_ascii=False).encode(),
        "another order": json.dumps(dict(reversed(list(value.items())))).encode(),
        "1.0": text.replace(b'"a":1', b'"a":1.0'),
        "1e0": text.replace(b'"a":1', b'"a":1e0'),
        "\\u": text.replace(b"ping", b"\\u0070ing"),
        "white space": b" \n\t" + text.replace(b":", b" :\r\n") + b"\n",
    }


def changed(text: bytes) -> dict[str, bytes]:
    """Texts of other values."""
    return {
        "2": text.replace(b'"a":1', b'"a":2'),
        "1.0000000000000001": text.replace(b'"a":1', b'"a":1.0000000000000001'),
        "a member more": text[:-1] + b',"z":0}',
        "a member twice": text[:-1] + b',"method":"ping"}',
        "a member less": text.replace(b'"jsonrpc":"2.0",', b""),
        "another order of an array": text.replace(b"[true,null", b"[null,true"),
        "true for 1": text.replace(b'"a":1', b'"a":true'),
        "a text for 1": text.replace(b'"a":1', b'"a":"1"'),
        "a byte order mark": b"\xef\xbb\xbf" + text,
        "half a character": text.replace(b"/\xc3\xa9", b"/\xc3"),
        "something behind it": text + b"{}",
        "nothing": b"",
    }


def rewritten_bodies(kind: str, full_form: bool) -> str:
    """Programs and proxies may write the body anew; whatever changes its value is refused."""
    signer = Signer()
    with Gateway(kind, [signer], MEMORY) as gateway:
        gateway.ready(signer)

        def frame() -> Frame:
            made = Frame(signer)
            return Frame(signer, nonce=made.nonce, body=canonical({**BODY, "id": made.nonce}))

        def accepts(name: str, write: Callable[[bytes], bytes]) -> None:
            sent = frame()
            text = write(sent.payload)
            holds(text != sent.payload, f"{name}: it is not another text")
            equal(ask(gateway.port, sent.wire(body=text)).code, "200", name)

        writers = installed(WRITERS)
        for name, command in writers.items():
            accepts(name, lambda text, command=command: written(command, text))  # type: ignore[misc]
        others = rewritten(canonical(BODY))
        for name in others:
            accepts(name, lambda text, name=name: rewritten(text)[name])  # type: ignore[misc]
        proxies = through_njs(gateway, frame)

        runs = gateway.runs()[0]
        spoilers = installed(SPOILERS)
        values = changed(canonical(BODY))
        for name in (*spoilers, *values):
            sent = frame()
            text = written(spoilers[name], sent.payload) if name in spoilers else changed(sent.payload)[name]
            answer = ask(gateway.port, sent.wire(body=text))
            allowed = ("signature_invalid", "body_not_canonicalizable", "signature_binding_mismatch")
            holds(answer.code in allowed and answer.status in (400, 401), f"{name}: {answer.status} {answer.code}")
        equal(gateway.runs()[0], runs, "runs of the handler")
    return (
        f"accepted from {', '.join([*writers, *proxies])}, and in {len(others)} texts more; refused from "
        f"{', '.join(spoilers)}, and {len(values)} other values"
    )


def through_njs(gateway: Gateway, frame: Callable[[], Frame]) -> list[str]:
    """Sends a request through nginx, which writes its body anew; tells what was tried."""
    pieces: list[bytes] = []
    if not MODULE.exists():
        return []
    with FaultProxy(gateway.port) as relay, Front("nginx", relay.port, **NJS) as front:
        relay.hear = pieces.append
        sent = frame()
        equal(ask(front.one, sent.wire()).code, "200", "nginx with njs")
        holds(b'{\n   "id": "' in b"".join(pieces), "nginx with njs did not write it anew")
    return ["nginx with njs"]


CHECKS: tuple[Callable[[str, bool], str], ...] = (rewritten_bodies,)
