"""The audit: it proves the judge, against submissions of which the truth is known another way.

What lives here: the oracle (every task by its definition), mutants of the reference, the correct styles and the
bug library as submissions, and the counts of where the judge was wrong about them; and the same for tests that
somebody else wrote (`suite`). What may not: anything that grading needs. Nothing outside imports this but the command
and the tests.
"""

from autograder.audit.cover import all_needs, chosen, in_use, table, unmet
from autograder.audit.run import LONG, QUICK, Report, Size, run_audit
from autograder.audit.show import report_shares, show_report, write_json

__all__ = [
    "LONG",
    "QUICK",
    "Report",
    "Size",
    "all_needs",
    "chosen",
    "in_use",
    "report_shares",
    "run_audit",
    "show_report",
    "table",
    "unmet",
    "write_json",
]
