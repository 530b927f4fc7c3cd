"""The application of WSGI that ``cargo xtask bench http-python`` measures under waitress: ``python http_wsgi.py PORT``.

``BENCH``: ``unsigned`` nothing before it, anything else the middleware with settings from the environment.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable
from typing import Any

import waitress


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers with the body that it got."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def main() -> None:
    """Serves, with the threads that waitress has by default."""
    app: Any = echo
    if os.environ.get("BENCH") != "unsigned":
        from samebyte.http.wsgi import SignatureMiddleware

        app = SignatureMiddleware(echo)
    # There are more connections than threads: that each waits for one is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]))


if __name__ == "__main__":
    main()
