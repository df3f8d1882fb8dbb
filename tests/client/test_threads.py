"""Work in threads."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading

import pytest
from twisted.internet import defer

from headcount.client._deliver import Outcome
from headcount.client._reporter import _attempt
from headcount.client._threads import in_thread


def _run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in an interpreter of its own, which has a reactor."""
    code = "from headcount.client._threads import in_thread\nfrom twisted.internet import reactor\n" + textwrap.dedent(
        code
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)


def test_results_and_whatever_is_raised_come_back_to_the_reactor() -> None:
    """Also what is no Exception."""
    ran = _run("""
        import threading

        def here(result):
            assert threading.current_thread() is threading.main_thread()
            return result

        def leave():
            raise SystemExit("left")

        def second(first):
            print(first)
            return in_thread(leave)

        in_thread(lambda: threading.current_thread().daemon).addCallback(here).addCallback(second).addBoth(here).addBoth(
            lambda failure: (print(failure.type.__name__), reactor.stop())
        )
        reactor.run()
    """)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("True\nSystemExit\n", "", 0)


def test_nobody_waits_for_a_thread_that_never_ends() -> None:
    """Neither the reactor nor the interpreter, and what comes back after their end is lost in silence."""
    ran = _run("""
        import threading, time
        in_thread(threading.Event().wait)
        in_thread(lambda: time.sleep(0.2))
        reactor.callLater(0, reactor.stop)
        reactor.run()
        time.sleep(0.4)
    """)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 0)


def test_a_system_without_threads_left_is_a_failure_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is raised where a try is made, which would be the reactor's loop; the report may be sent again."""

    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    failures: list[object] = []
    done: defer.Deferred[object] = in_thread(list)
    done.addErrback(lambda failure: failures.append(failure.type))
    assert failures == [RuntimeError]
    outcomes: list[object] = []
    _attempt("https://collector.invalid", b"", None).outcome.addCallback(outcomes.append)
    assert outcomes == [Outcome("later", "RuntimeError while it was sent")]
