#!/usr/bin/env python3
"""An adapter for the tests of the runner: right but for what its own file name asks for.

It knows one operation, which turns a text round, and misbehaves when the text is the name of a fault.
"""

import json
import os
import sys
import time
from pathlib import Path

FAULTS = {
    "crash": lambda: os._exit(3),
    "abort": os.abort,
    "hang": lambda: time.sleep(3600),
    "rubbish": lambda: print("Warning: something", flush=True),
    "huge": lambda: print("[" * 100_000, flush=True),
    "twice": lambda: print(json.dumps({"id": "0", "ok": {}}), flush=True),
}


def main():
    name = Path(sys.argv[0]).name
    if name == "dead":
        sys.exit("cannot find my library")
    for line in sys.stdin:
        request = json.loads(line)
        text = request["args"].get("input_utf8", "")
        if name == "faulty" and text in FAULTS:
            FAULTS[text]()
        reply = {"id": request["id"]}
        if request["op"] != "turn":
            reply["unsupported"] = True
        elif text.isdigit():
            reply["error"] = {"code": "bad", "kind": "malformed", "detail": {"offset": 0}}
        elif name == "wrong" and text == "abc":
            reply["ok"] = {"output_utf8": "cab"}
        else:
            reply["ok"] = {"output_utf8": text[::-1], **({"number": True} if text == "number" else {})}
        print(json.dumps(reply), flush=True)
    if name == "talkative":
        print("goodbye", flush=True)
    if name == "limping":
        sys.exit(1)


main()
