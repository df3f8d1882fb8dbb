"""What is measured beside: nginx that answers a constant 200, PostgreSQL, and the load that wrk makes."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"
_CONNECTIONS = 64
_THREADS = 2

# Each thread takes its share of the bodies, so that no body is sent twice before all were, and sends it to its own process.
_SCRIPT = """
local threads = 0
local ports = {PORTS}
function setup(thread)
  thread:set("number", threads)
  thread.addr = wrk.lookup("127.0.0.1", ports[threads % #ports + 1])[1]
  threads = threads + 1
end
function init(args)
  wrk.method = "POST"
  for name, value in string.gmatch(args[2] or "", "([^=;]+)=([^=;]+)") do wrk.headers[name] = value end
  requests = {}
  local file, index = io.open(args[1], "rb"), 0
  while true do
    local size = file:read(8)
    if not size then break end
    local body = file:read(tonumber(size, 16))
    if index % THREADS == number then requests[#requests + 1] = wrk.format(nil, nil, nil, body) end
    index = index + 1
  end
  next_one = 0
end
function request() next_one = next_one + 1; return requests[(next_one - 1) % #requests + 1] end
function done(summary, latency)
  io.write(string.format('{"requests": %d, "seconds": %f, "p99_ms": %f, "errors": %d}\\n', summary.requests,
    summary.duration / 1e6, latency:percentile(99) / 1e3,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
""".replace("THREADS", str(_THREADS))


class Load(NamedTuple):
    """What wrk found: requests that were answered a second, how many in all, and the latency of all but 1 %."""

    per_second: float
    requests: int
    p99_ms: float


def need(name: str, package: str) -> str:
    """The path of a program; ends the bench with what to install where it is missing."""
    found = shutil.which(name, path=_PATH)
    if found is None:
        sys.exit(f"{name} is missing: apt-get install -y {package}")
    return found


def pack(path: Path, bodies: Iterable[bytes]) -> Path:
    """Write bodies where wrk's script reads them."""
    with path.open("wb") as out:
        for body in bodies:
            out.write(f"{len(body):08x}".encode() + body)
    return path


def wrk(ports: Sequence[int], path: str, packed: Path, seconds: int, headers: str) -> Load:
    """Post bodies over 64 connections to one or two processes on loopback; ``headers``: ``Name=value;Name=value``.

    Fails where an answer is no 2xx.
    """
    script = packed.with_suffix(".lua")
    script.write_text(_SCRIPT.replace("PORTS", ", ".join(f'"{port}"' for port in ports)))
    url = f"http://127.0.0.1:{ports[0]}{path}"
    command = [need("wrk", "wrk"), f"-t{_THREADS}", f"-c{_CONNECTIONS}", f"-d{seconds}s", "-s", str(script), url, "--"]
    done = subprocess.run([*command, str(packed), headers], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["errors"] == 0, f"{url}: {found['errors']} of {found['requests']} requests failed"
    return Load(found["requests"] / found["seconds"], found["requests"], found["p99_ms"])


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until somebody listens on a port of loopback, and answers."""
    for _ in range(600):
        with socket.socket() as client:
            client.settimeout(20)
            if client.connect_ex(("127.0.0.1", port)) == 0:
                client.sendall(b"GET / HTTP/1.0\r\n\r\n")
                client.recv(1)
                return
        time.sleep(0.05)
    sys.exit(f"nobody listens on port {port}")


@contextlib.contextmanager
def process(*command: str, quiet: bool = True, env: dict[str, str] | None = None) -> Iterator[int]:
    """Keep a process running; its id."""
    environment = {**os.environ, **(env or {})}
    errors = subprocess.DEVNULL if quiet else None
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=environment)
    try:
        yield started.pid
    finally:
        started.terminate()
        started.wait()


def cpu_seconds(*roots: int) -> float:
    """The processor time that processes and all that descend from them have used."""
    used, parents = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            pid = int(path.parent.name)
            parents[pid] = int(fields[1])
            used[pid] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # ended children's included
    total, ours = 0.0, set(roots)
    while ours:
        total += sum(used.get(pid, 0.0) for pid in ours)
        ours = {pid for pid, parent in parents.items() if parent in ours}
    return total


@contextlib.contextmanager
def nginx(directory: Path, files: Path | None = None) -> Iterator[int]:
    """An nginx with a worker for each core; its port. It has ``files``, or answers 200 with ``ok`` to everything."""
    directory.mkdir()
    port = free_port()
    temporary = "".join(
        f"{kind}_temp_path {directory}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    answers = "return 200 ok;" if files is None else f"root {files};"
    config = directory / "nginx.conf"
    config.write_text(
        f"daemon off; pid {directory}/pid; error_log {directory}/log; worker_processes auto; user root;\n"
        f"events {{}} http {{ {temporary} access_log off; keepalive_requests 1000000000;\n"
        f"server {{ listen 127.0.0.1:{port} backlog=1024; location / {{ {answers} }} }} }}\n"
    )
    with process(need("nginx", "nginx"), "-p", str(directory), "-e", str(directory / "log"), "-c", str(config)):
        wait_for(port)
        yield port


@contextlib.contextmanager
def postgresql(directory: Path, *options: str) -> Iterator[tuple[str, int]]:
    """A fresh PostgreSQL server, with its own defaults but for ``options``; the address of its database, and its process."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))  # noqa: PTH207  # a pattern from the root
    if not found:
        sys.exit("PostgreSQL's server is missing: apt-get install -y postgresql")
    directory.mkdir()
    whom: tuple[str, ...] = ()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(directory, "postgres")
        for parent in directory.parents[:-2]:
            parent.chmod(0o755)
        whom = ("runuser", "-u", "postgres", "--")
    port = free_port()
    data = str(directory / "data")
    subprocess.run([*whom, f"{found[-1]}/initdb", "-D", data, "-A", "trust", "-U", "postgres"], check=True,
                   capture_output=True, cwd=directory)  # fmt: skip
    with process(*whom, f"{found[-1]}/postgres", "-D", data, "-k", str(directory), "-p", str(port),
                 "-c", "listen_addresses=127.0.0.1", *options) as pid:  # fmt: skip
        wait_for(port)
        ready = [f"{found[-1]}/pg_isready", "--quiet", "--host=127.0.0.1", f"--port={port}"]
        while subprocess.run(ready, check=False).returncode == 1:  # it listens before it takes connections
            time.sleep(0.1)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres", pid
