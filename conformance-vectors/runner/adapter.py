"""One adapter process: requests go in, a reply or a fault comes out for each, whatever the adapter does."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
from pathlib import Path

#: No reply is longer; a line that is does not end in this adapter's memory either.
MAX_LINE = 64 * 1024 * 1024

#: After so many restarts the rest of the requests fails unasked: the adapter is broken, not a case.
MAX_RESTARTS = 5


class Fault(str):
    """Why an adapter gave no reply, in words."""


class NotAsked(Fault):
    """The same for a request that was not even asked, because the adapter failed too often before."""


class Adapter:
    """An executable that speaks PROTOCOL.md."""

    def __init__(self, path, timeout=20.0):
        self.path = Path(path).resolve()
        self.name = self.path.name
        self._timeout = timeout
        self._process = None
        self._restarts = 0

    def ask(self, requests):
        """The reply to each request in order: an object, or a `Fault` where there is none.

        All requests are written ahead, so the adapter never waits for the runner. An adapter that crashes, hangs or
        prints something else is ended and started again behind the request that it failed.
        """
        replies = []
        while len(replies) < len(requests):
            if self._process is None and not self._start(replies, len(requests)):
                break
            self._send(requests[len(replies) :])
            while len(replies) < len(requests):
                reply = self._receive(requests[len(replies)])
                replies.append(reply)
                if isinstance(reply, Fault):
                    self._end()
                    self._restarts += 1
                    break
        return replies

    def close(self):
        """Ends the adapter by ending its input; a fault where it does not end well."""
        if self._process is None:
            return None
        process, self._process = self._process, None
        try:
            self._outgoing.put(None)
            code = process.wait(timeout=self._timeout)
            fault = None if code == 0 else Fault(f"ended with {_ending(code)}{self._complaint()}")
            if line := self._lines.get(timeout=self._timeout):
                fault = Fault(f"says more than it was asked: {line[:80]!r}")
        except (subprocess.TimeoutExpired, queue.Empty):
            fault = Fault("does not end when its input ends")
        _kill(process)
        return fault

    def _start(self, replies, count):
        if self._restarts > MAX_RESTARTS:
            replies.extend([NotAsked(f"not asked: the adapter failed {self._restarts} times")] * (count - len(replies)))
            return False
        try:
            self._process = subprocess.Popen(
                [str(self.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # A group of its own, so that what the adapter started ends with it.
                start_new_session=True,
            )
        except OSError as error:
            replies.extend([NotAsked(f"cannot be started: {error.strerror}")] * (count - len(replies)))
            return False
        self._lines, self._outgoing, self._stderr = queue.Queue(), queue.Queue(), []
        arguments = (self._process, self._outgoing, self._lines, self._stderr)
        threads = [threading.Thread(target=body, args=arguments, daemon=True) for body in (_write, _read, _listen)]
        for thread in threads:
            thread.start()
        self._listener = threads[-1]
        return True

    def _send(self, requests):
        self._outgoing.put("".join(json.dumps(request) + "\n" for request in requests).encode("ascii"))

    def _receive(self, request):
        try:
            line = self._lines.get(timeout=self._timeout)
        except queue.Empty:
            return Fault(f"no reply within {self._timeout:g} s")
        if not line:
            try:
                code = self._process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                return Fault(f"closed its output{self._complaint()}")
            return Fault(f"ended with {_ending(code)} before it replied{self._complaint()}")
        try:
            reply = json.loads(line)
        except (ValueError, RecursionError):
            return Fault(f"not a reply: {line[:80]!r}")
        if not isinstance(reply, dict) or reply.get("id") != request["id"]:
            return Fault(f"not the reply to {request['id']}: {line[:80]!r}")
        if sum(member in reply for member in ("ok", "error", "unsupported")) != 1:
            return Fault(f"neither ok nor error nor unsupported: {line[:80]!r}")
        return reply

    def _end(self):
        _kill(self._process)
        self._process = None

    def _complaint(self):
        """The last line on standard error of an adapter that has ended."""
        self._listener.join(timeout=1)
        text = b"".join(self._stderr).decode("utf-8", "replace").strip()
        return f": {text.splitlines()[-1][:200]}" if text else ""


def _write(process, outgoing, _lines, _stderr):
    with process.stdin as stdin:
        while (data := outgoing.get()) is not None:
            try:
                stdin.write(data)
                stdin.flush()
            except OSError:
                # The adapter has ended; the reader says so.
                return


def _read(process, _outgoing, lines, _stderr):
    with process.stdout as stdout:
        while line := stdout.readline(MAX_LINE):
            lines.put(line)
    lines.put(b"")


def _listen(process, _outgoing, _lines, stderr):
    with process.stderr as pipe:
        while chunk := pipe.read1(4096):
            stderr.append(chunk)
            del stderr[:-16]


def _ending(code):
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _kill(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
