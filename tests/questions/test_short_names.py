"""Short names of classes."""

from __future__ import annotations

from headcount.questions import classes_of_steps, short_names, short_steps


def test_a_class_has_as_much_of_its_name_as_tells_it_from_others() -> None:
    """The last component, mostly."""
    paths = ["buildbot.steps.shell.Test", "buildbot.steps.python.Test", "buildbot.worker.base.Worker", "custom"]
    assert short_names(paths) == {
        "buildbot.steps.shell.Test": "shell.Test",
        "buildbot.steps.python.Test": "python.Test",
        "buildbot.worker.base.Worker": "Worker",
        "custom": "custom",
    }
    assert short_names(["a.B", "B", "x.a.B"]) == {"B": "B", "a.B": "a.B", "x.a.B": "x.a.B"}
    assert short_names([]) == {}


def test_a_sequence_of_steps_keeps_its_prefixes() -> None:
    """A subclass is still told from the class."""
    steps = "buildbot.steps.source.git.Git → >>buildbot.steps.shell.Test → buildbot.steps.shell.Test"
    names = short_names(classes_of_steps(steps))
    assert short_steps(steps, names) == "Git → >>Test → Test"
    assert short_steps("(no steps)", {}) == "(no steps)"
