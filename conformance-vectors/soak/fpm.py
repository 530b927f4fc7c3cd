"""nginx before php-fpm, as PHP is served: ``fpm.py PORT [SCRIPT]`` runs a script in four processes.

The package and the header of the library are preloaded, as the README of the package says. Without a name the script is
`bindings-php/tests/soak_app.php`.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 4

POOL = """
[global]
daemonize = no
error_log = /dev/stderr
[gateway]
listen = {folder}/fpm.sock
pm = static
pm.max_children = {workers}
clear_env = no
{user}
"""

SERVER = """
daemon off;
# One process, as whoever started it.
master_process off;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  fastcgi_temp_path {folder}/fastcgi;
  proxy_temp_path {folder}/proxy;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 16m;
    location / {{
      fastcgi_pass unix:{folder}/fpm.sock;
      fastcgi_param SCRIPT_FILENAME {script};
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param REQUEST_URI $request_uri;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param SERVER_PROTOCOL $server_protocol;
      fastcgi_param SERVER_NAME $host;
      fastcgi_param SERVER_PORT $server_port;
      fastcgi_param REMOTE_ADDR $remote_addr;
    }}
  }}
}}
"""


def program() -> str | None:
    """php-fpm, whose name in Debian has its version in it."""
    folders = [*os.get_exec_path(), "/usr/sbin"]
    found = sorted(path for folder in folders for path in Path(folder).glob("php-fpm*") if os.access(path, os.X_OK))
    return str(found[-1]) if found else None


def preload(folder: Path) -> list[str]:
    """The arguments for php-fpm that preload the package and the library."""
    package = ROOT / "bindings-php"
    header = folder / "samebyte.h"
    names = {"FFI_SCOPE": "SAMEBYTE", "FFI_LIB": os.environ["SAMEBYTE_LIBRARY"]}
    lines = [f'#define {name} "{value}"\n' for name, value in names.items()]
    header.write_text("".join(lines) + (package / "src/samebyte_abi.h").read_text())
    settings = {
        "ffi.enable": "preload",
        "ffi.preload": header,
        "opcache.preload": package / "preload.php",
        "opcache.preload_user": "root" if os.geteuid() == 0 else "",
    }
    return [word for name, value in settings.items() for word in ("-d", f"{name}={value}")]


def started(command: list[str]) -> subprocess.Popen[bytes]:
    """A process that ends with this one, even where this one is killed (prctl(2), PR_SET_PDEATHSIG)."""
    libc = ctypes.CDLL(None)
    return subprocess.Popen(command, preexec_fn=lambda: libc.prctl(1, signal.SIGTERM))


def main() -> int:
    port = sys.argv[1]
    script = Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "bindings-php/tests/soak_app.php").resolve()
    fpm, nginx = program(), shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if fpm is None or nginx is None:
        print("php-fpm or nginx is not here")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        root = os.geteuid() == 0
        user = "user = root\ngroup = root\nlisten.mode = 0600" if root else ""
        pool, server = Path(folder) / "pool.conf", Path(folder) / "nginx.conf"
        pool.write_text(POOL.format(folder=folder, workers=WORKERS, user=user))
        server.write_text(SERVER.format(folder=folder, port=port, script=script))
        command = [fpm, "--fpm-config", str(pool), *preload(Path(folder)), *(["-R"] if root else [])]
        processes = [started(command)]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            while not (Path(folder) / "fpm.sock").exists():
                if processes[0].poll() is not None:
                    return 1
                time.sleep(0.02)
            processes.append(started([nginx, "-p", folder, "-c", str(server), "-e", "stderr"]))
            return processes[1].wait()
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()


if __name__ == "__main__":
    sys.exit(main())
