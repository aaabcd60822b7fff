"""Whole submissions through a real worker: correct ones in every style, and mutants of the reference."""

from collections.abc import Iterable, Mapping

import numpy as np

from autograder.audit.bench import Bench
from autograder.audit.tally import Part, Tally
from autograder.cases.mutants import Mutant
from autograder.judge.values import close
from autograder.model.cases import Case
from autograder.model.loading import loaded
from autograder.model.replies import Reply
from autograder.model.tolerance import STYLES_AGREE, TAU_FLOAT32
from autograder.model.verdict import Verdict


def styles() -> dict[str, str]:
    """Return the correct submissions by name: the reference, and one file per style. They are text, never imported."""
    folder = loaded().styles
    paths = sorted(folder.glob("*.py")) if folder else []
    return {"the reference": loaded().source()} | {path.stem: path.read_text(encoding="utf-8") for path in paths}


def audit_styles(bench: Bench, seed: int, texts: Mapping[str, str], part: Part = "styles") -> Tally:
    """Grade right submissions: each must have every point, and be nearer to the reference than the judge asks."""
    tally = Tally(part)
    cases = bench.exam(seed).cases.cases
    for name, text in texts.items():
        flags = _judge(tally, bench, Mutant(text, name), seed, {}).flags
        tally.flagged += bool(flags)
        tally.faults += [f"seed {seed}, {name}: {flag}" for flag in flags]
        replies = bench.answers(text, seed)
        far = [case.call.id for case in cases if not agrees(case, replies[case.call.id])]
        tally.apart += len(far)
        tally.faults += [f"seed {seed}, {name}: {call} is far from the reference" for call in far]
    return tally


def audit_mutants(bench: Bench, seed: int, mutants: Iterable[Mutant], part: Part = "mutants") -> Tally:
    """Grade mutants: what the oracle finds right must pass, and nothing else may."""
    tally = Tally(part)
    for mutant in mutants:
        _judge(tally, bench, mutant, seed, bench.really_wrong(mutant.text))
    return tally


def agrees(case: Case, reply: Reply) -> bool:
    """Whether a right answer is as near to the reference as correct styles are, or as float32 can be."""
    if case.at_least is not None:
        return True  # there is no one number to be near to
    if len(reply.parts) != len(case.expected):
        return False
    for part, expected in zip(reply.parts, case.expected, strict=True):
        if part.values is None or np.iscomplexobj(part.values) or part.values.shape != expected.shape:
            return False
        nearness = TAU_FLOAT32 if part.dtype == "float32" else STYLES_AGREE
        if not close(np.asarray(part.values, np.float64), expected, nearness):
            return False
    return True


def _judge(tally: Tally, bench: Bench, submission: Mutant, seed: int, wrong: dict[str, str]) -> Verdict:
    """Grade one submission, count where the judge and the truth differ, and return the verdict."""
    name = f"seed {seed}, {submission.what}"
    verdict = bench.grade(name, submission.text, seed)
    tally.checked += 1
    for outcome in verdict.tasks:
        tally.wrong_tasks += outcome.task in wrong
        tally.right_tasks += outcome.task not in wrong
        passed = outcome.state == "pass" and outcome.points == outcome.max_points
        if outcome.task in wrong and passed:
            tally.false_accepts += 1
            tally.faults.append(f"{name}: {outcome.task} passes, and is wrong ({wrong[outcome.task]})")
        elif outcome.task not in wrong and not passed:
            tally.false_rejects += 1
            tally.marks_lost += outcome.max_points - outcome.points
            why = outcome.findings[0].summary if outcome.findings else "no finding"
            tally.faults.append(f"{name}: {outcome.task} is right, and has the state {outcome.state} ({why})")
    return verdict
