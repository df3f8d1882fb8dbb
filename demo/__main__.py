"""``make demo``: a real master reports, it is kept, a question is answered.

Starts the server, a real Buildbot master and worker with Headcount's reporter, and a second real master with the reporter
that stock Buildbot has; shows what left each, what the scrub removed, and the answers, filled up with a simulated fleet.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from demo._processes import DemoFailed, command, free_port, run, running, wait_for
from demo._scrubbed import removed
from headcount.contract import read_stock, vocabulary

_HERE = Path(__file__).parent
_WORK = _HERE.parent / "build" / "demo"
_DATA = _WORK / "data"
_INSTALLS, _DAYS = 2_000, 730


def main() -> int:
    """Tell the story; 1 where something of it did not happen."""
    try:
        with ExitStack() as stack:
            _tell(stack)
    except DemoFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _tell(stack: ExitStack) -> None:
    shutil.rmtree(_WORK, ignore_errors=True)
    _WORK.mkdir(parents=True)
    _say(f"Preparing: {_INSTALLS:,} simulated installations over two years, and two real Buildbot masters …")
    with ThreadPoolExecutor() as pool:
        simulated = pool.submit(
            run, command("headcount"), "simulate", f"--installs={_INSTALLS}", f"--days={_DAYS}", f"--into={_DATA}"
        )
        masters = [pool.submit(_make_master, name) for name in ("first", "second")]
        masters.append(pool.submit(_make_worker, free_port()))
        _say(simulated.result().strip())
        port = [made.result() for made in masters][-1]

    server_log = _WORK / "server.log"
    stack.enter_context(running([command("headcount"), "serve", f"--data={_DATA}", "--port=0"], server_log, _WORK, {}))
    link = wait_for("the start of the server", server_log, _link)
    url = link.partition("/?")[0]
    before = _alive()

    _title("A real Buildbot master with Headcount's reporter")
    log = _start_master(stack, "first", url, port)
    _start(stack, "worker", {})
    wait_for("the first master's report", log, lambda text: "" if "the collector accepted the report" in text else None)
    wait_for("the worker's connection", log, lambda text: "" if "attached" in text else None)
    _say("This left it (and it is in its twistd.log, and in usage-report.json beside it):\n")
    _say(_indent(json.loads((_WORK / "first" / "usage-report.json").read_text())))

    _title("A second real master, with the reporter that stock Buildbot has")
    log = _start_master(stack, "second", url, free_port())
    wait_for("the second master's report", log, lambda text: "" if "buildbot.net said" in text else None)
    sent = ast.literal_eval(wait_for("the report in the log", log, _stock_report))
    _say("This left it:\n")
    _say(_indent(sent))
    _say("\nBefore anything was stored, the scrub made of it:\n")
    for path, was, became in removed(sent, read_stock(sent, vocabulary()).profile):
        _say(f"  {path:34} {was}\n  {'':34} → {became}")

    _title("The answers")
    wait_for("the loading of both reports", server_log, lambda _: "" if _alive() == before + 2 else None)
    _say(f"{before:,} installations were alive before the two masters reported, {before + 2:,} are now.\n")
    for question in (["installs"], ["versions"], ["plugins", "--by", "step"]):
        _say(f"$ headcount ask {' '.join(question)}")
        _say(run(command("headcount"), "ask", *question, f"--data={_DATA}"))
    _say(f"The page with the charts: {link}")
    if sys.stdout.isatty():
        _say("Ctrl-C ends the demo.")
        _wait_for_interrupt()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _title(text: str) -> None:
    _say(f"\n== {text} ==\n")


def _indent(report: object) -> str:
    """JSON for a person: a list of names is on one line."""
    text = json.dumps(report, indent=2)
    return re.sub(
        r"\[[^\[\]{}]*\]", lambda match: re.sub(r"\s+", " ", match[0]).replace("[ ", "[").replace(" ]", "]"), text
    )


def _link(text: str) -> str | None:
    found = [line.partition(": ")[2] for line in text.splitlines() if line.startswith("The answers: ")]
    return found[0] if found else None


def _stock_report(text: str) -> str | None:
    marker = "buildbotNetUsageData: sending "
    found = [line.partition(marker)[2] for line in text.splitlines() if marker in line]
    return found[0] if found else None


def _alive() -> int:
    answer = json.loads(run(command("headcount"), "ask", "installs", "--format=json", f"--data={_DATA}"))
    return next(int(row["installations"]) for row in answer["rows"] if row["state"] == "alive")


def _make_master(name: str) -> int:
    run(command("buildbot"), "create-master", "--quiet", "--relocatable", str(_WORK / name))
    shutil.copy(_HERE / f"{name}.cfg", _WORK / name / "master.cfg")
    return 0


def _make_worker(port: int) -> int:
    run(command("buildbot-worker"), "create-worker", "--quiet", str(_WORK / "worker"), f"127.0.0.1:{port}", "demo-worker",
        "demo")  # fmt: skip
    return port


def _start_master(stack: ExitStack, name: str, url: str, pb_port: int) -> Path:
    return _start(stack, name, {"DEMO_URL": url, "DEMO_PB_PORT": str(pb_port)})


def _start(stack: ExitStack, name: str, environment: dict[str, str]) -> Path:
    """Keep a master or worker running; return its log."""
    arguments = [command("twistd"), "--nodaemon", "--pidfile=", "--python=buildbot.tac"]
    stack.enter_context(running(arguments, _WORK / name / "output.log", _WORK / name, environment))
    return _WORK / name / "twistd.log"


def _wait_for_interrupt() -> None:
    interrupted = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupted.set())
    interrupted.wait()


if __name__ == "__main__":
    sys.exit(main())
