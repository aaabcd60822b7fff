"""`bptt audit`: the judge, proved on submissions of which the truth is known."""

from collections.abc import Callable
from pathlib import Path

import click

from autograder.commands.common import FILE, plain_errors, screen, with_jobs


@click.command()
@click.option("--seeds", type=click.IntRange(min=1), help="Case sets to audit on.  [default: 20, or 1 if quick]")
@click.option("--quick", is_flag=True, help="A sample that takes seconds, not minutes.")
@click.option("--questions", is_flag=True, help="Choose the first questions anew, and print them.")
@click.option("--json", "json_file", type=FILE, metavar="FILE", help="Write every count and every fault to FILE.")
@click.option(
    "--suite",
    "suite_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Try somebody else's tests instead: a pytest file, or a notebook with check cells.",
)
@with_jobs
def audit(
    seeds: int | None, quick: bool, questions: bool, json_file: Path | None, suite_file: Path | None, jobs: int | None
) -> None:
    """Prove the judge on submissions of which the truth is known.

    Grades the reference, every accepted style, rewrites of the reference, every known mistake, pairs of them, mutants
    of the reference and pairs of these, and counts false rejects, false accepts and wrong diagnoses. The exit status
    is 1 when a target is missed.

    With --questions, prints the table of the questions that everybody is asked first, as the audit would choose it.
    The exit status is 1 when the table in use falls short.

    With --suite, runs the tests in FILE in the sandbox, against every right style and every known mistake (or mutants,
    where a task has none), and prints which mistakes they let through, an input that would tell, and which right
    styles they reject. A file of the same name that ends in .toml may say what the tests call things:
    module = "their_rnn" and, below [functions], their = "ours" or "lambda x, h, p: ours(p, x, h)" (docs/evidence.md).
    The exit status is 1 when a mistake is let through or a right style rejected. With --quick, every fifth mistake.
    """
    if suite_file is not None:
        if seeds is not None or questions:
            raise click.UsageError("--suite tries the tests in FILE on one case set: leave out --seeds and --questions")
        with plain_errors():
            raise SystemExit(_suite(suite_file, json_file, jobs, part=5 if quick else 1))
    with plain_errors():
        from dataclasses import replace

        from autograder.audit import LONG, QUICK, report_shares, run_audit, show_report, write_json
        from autograder.commands.outputs import usable_cpus

        shown, size = screen(), QUICK if quick else LONG
        size = size if seeds is None else replace(size, seeds=seeds)
        if questions:
            raise SystemExit(_questions(size.seeds, jobs or usable_cpus()))
        with report_shares(shown.log) as on_share:
            report = run_audit(size, jobs or usable_cpus(), on_share)
        show_report(shown.out, report)
        _written(json_file, lambda file: write_json(file, report))
    raise SystemExit(0 if report.met else 1)


def _written(json_file: Path | None, write: Callable[[Path], None]) -> None:
    """Write the file that --json names, if it names one."""
    if json_file is not None:
        try:
            write(json_file)
        except OSError as error:
            raise click.ClickException(f"{json_file} can't be written: {error.strerror}") from error


def _suite(file: Path, json_file: Path | None, jobs: int | None, *, part: int) -> int:
    """Try a suite of tests; return the exit status."""
    from time import monotonic

    from autograder.audit import report_shares
    from autograder.audit.suite import LIMITS, audit_suite, read_suite
    from autograder.audit.suite_show import SuiteReport, show_suite, write_suite_json
    from autograder.commands.outputs import usable_cpus
    from autograder.sandbox.host.protect import protected_machine

    shown, start = screen(), monotonic()
    suite = read_suite(file)
    machine, _ = protected_machine(LIMITS, unprotected=False)
    with report_shares(shown.log) as on_share:
        results = audit_suite(suite, machine, jobs or usable_cpus(), part, on_share)
    report = SuiteReport(suite, results, monotonic() - start)
    show_suite(shown.out, report)
    _written(json_file, lambda path: write_suite_json(path, report))
    return 1 if report.found_fault else 0


def _questions(seeds: int, processes: int) -> int:
    """Print the first questions as they would be chosen; return the exit status."""
    from autograder.audit import all_needs, chosen, in_use, report_shares, table, unmet

    with report_shares(screen().log) as on_share:
        needs = all_needs(seeds, processes, on_share)
        click.echo(table(chosen(needs)))
        missed = unmet(needs, in_use())
        click.echo(f"The table in use misses {len(missed)} of {len(needs)} needs.")
    return 1 if missed else 0
