"""sqooler 0.9.0 as a judge: runs in a virtual environment of its own (`cli/tests/sqooler/requirements.txt`).

One JSON object a line on standard input, `{"payload","private"}` (sign) or `{"file","public"}` (verify); its answer a line on
standard output. Texts are strings, so that what is asked is what sqooler reads.
"""

import json
import sys

from sqooler.security import JWK, JWSDict, public_from_private_jwk, sign_payload

for line in sys.stdin:
    request = json.loads(line)
    if "private" in request:
        private = JWK(**json.loads(request["private"]))
        signed = sign_payload(json.loads(request["payload"]), private)
        answer = {
            "file": json.dumps(signed.model_dump()),
            "private": private.model_dump_json(),
            "public": public_from_private_jwk(private).model_dump_json(),
        }
    else:
        public = JWK(**json.loads(request["public"]))
        answer = {"verified": JWSDict(**json.loads(request["file"])).verify_signature(public)}
    print(json.dumps(answer), flush=True)
