"""Strings of students that must not become anything but text: HTML, scripts, styles, links, escapes, formulas."""

from dataclasses import replace

from autograder.model.verdict import Diagnosis, Excerpt, Finding, Outcome, Verdict
from tests.sample_verdicts import graded

STRINGS = (
    "<script>alert('a')</script>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "<svg/onload=alert(4)>",
    '"><iframe src="javascript:alert(5)"></iframe>',
    "'-alert(6)-'",
    "javascript:alert(7)",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "<!-- --><meta http-equiv=refresh content='0;url=http://example.org'>",
    "<link rel=stylesheet href=http://example.org/x.css><base href=http://example.org>",
    '=HYPERLINK("http://example.org")',
    "\x1b]0;owned\x07\x1b[2J",
    "abc\u202egnp.exe\u2066\u200b",
    "]]><![CDATA[<b>",
    "\x00\n\r\t end",
    "&lt;b&gt;&#x3c;script&#x3e;",
)
EVERYTHING = " ".join(STRINGS)


def hostile_verdict(student_id: str = EVERYTHING) -> Verdict:
    """Return a verdict in which everything that a student can influence is hostile."""
    finding = Finding("tanh", EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, EVERYTHING, (0.0, 0.3, 1000.0))
    code = Excerpt(EVERYTHING, 3, tuple(STRINGS), (4,))
    diagnosis = Diagnosis((("no-tanh-slope",),), "the slope of tanh is left out", ("What is tanh'?",), ("The Math",))
    outcome = Outcome("bptt_W", "error", 0, 15, (finding,), (EVERYTHING,), (diagnosis,), (EVERYTHING,), (code,))
    ordinary = graded("x").tasks
    tasks = tuple(outcome if task.task == "bptt_W" else task for task in ordinary)
    verdict = graded(student_id, 0.85, tasks=tasks, message=EVERYTHING, notes=(EVERYTHING,), flags=(EVERYTHING,))
    return replace(verdict, score=85.0)
