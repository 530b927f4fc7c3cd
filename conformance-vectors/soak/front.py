"""Real HTTP proxies before a gateway, and a client of HTTP/2 before these."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from checks import Skip
from frames import Frame
from redis_server import free_port

HAPROXY = """
global
  maxconn 100
  noreuseport
  {options}
defaults
  mode http
  # A gateway answers what it refuses before it has the body. This haproxy then does not send the body, and would use the
  # connection again all the same, on which the next request would be taken for it.
  option http-server-close
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend all
  bind 127.0.0.1:{one}
  bind 127.0.0.1:{two} proto h2
  {rules}
  default_backend gateway
backend gateway
  server gateway 127.0.0.1:{target}
"""

NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr error;
{options}
events {{ worker_connections 100; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  client_body_buffer_size 128k;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {rules}
  server {{
    listen 127.0.0.1:{one};
    listen 127.0.0.1:{two} http2;
    location / {{
      proxy_pass http://127.0.0.1:{target}{path};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      {more}
    }}
  }}
}}
"""

# Where Debian keeps what others call with a full path.
_PLACES = "/usr/local/sbin:/usr/sbin:/sbin"


def find(name: str) -> str:
    """The path of a program. Raises `Skip` where it is not installed."""
    path = shutil.which(name) or shutil.which(name, path=_PLACES)
    if path is None:
        raise Skip(f"{name} is not installed")
    return path


class Front:
    """A proxy of HTTP before a port of this machine: :attr:`one` speaks HTTP/1.1, :attr:`two` HTTP/2 without TLS."""

    def __init__(self, program: str, target: int, **parts: str) -> None:
        command = [find(program), "-f" if program == "haproxy" else "-c"]
        self._folder = tempfile.TemporaryDirectory()
        self.one, self.two = free_port(), free_port()
        template = HAPROXY if program == "haproxy" else NGINX
        values = {"options": "", "rules": "", "path": "", "more": "", **parts}
        file = Path(self._folder.name) / "configuration"
        file.write_text(template.format(one=self.one, two=self.two, target=target, folder=self._folder.name, **values))
        self._said = (Path(self._folder.name) / "said").open("w+")
        self._process = subprocess.Popen([*command, str(file)], stdout=self._said, stderr=self._said)
        end = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.two), 1):
                return
            if self._process.poll() is not None or time.monotonic() > end:
                text = Path(self._said.name).read_text()
                self.close()
                raise AssertionError(f"{program} does not start: {text}")
            time.sleep(0.05)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._said.close()
        self._folder.cleanup()

    def __enter__(self) -> Front:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def ask_two(port: int, frame: Frame, *fields: str, target: str, host: str) -> str:
    """The code of the answer to a request over HTTP/2, by curl."""
    command = [find("curl"), "--silent", "--http2-prior-knowledge", "--request-target", target, "--data-binary", "@-"]
    command += ["--output", "/dev/null", "--max-time", "30"]
    command += ["--write-out", "%header{x-signature-error} %{http_code} %{http_version}"]
    lines = (f"Host: {host}", "Content-Type: application/json", f"X-Signature: {frame.signature}", *fields)
    for line in lines:
        command += ["--header", line]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/"], input=frame.payload, capture_output=True, check=False
    )
    code, status, version = done.stdout.decode().split(" ")
    # A stream may be reset behind its answer (RFC 9113 section 8.1), since the body was not waited for.
    if status == "000" or done.returncode not in (0, 92):
        raise AssertionError(f"curl ended with {done.returncode} and HTTP status {status}")
    if version != "2":
        raise AssertionError(f"HTTP/{version}")
    return code or status
