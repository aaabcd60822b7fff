"""The assignment on recurrent networks and backpropagation through time: all that knows what an RNN is.

    rnn              the reference, a complete answer to every task, written to be read: the source of the handout
    tasks            the table of tasks: functions, parts, points, slides
    variant          what a course can vary
    networks, cases  the networks that are drawn, and what is asked about them; `first_questions`: of everybody,
                     `one_term`: of who is wrong
    derivatives      numerical derivatives, with which `certify` holds the reference's gradients
    mistakes/        known mistakes: tables, and functions that make them
    relations        what is seen in wrong answers that no known mistake explains
    follow/          what is right for a student's own wrong functions
    audit/           questions with answers of another origin, and what mistakes cost further down
    styles/          right submissions in many styles, for the audit
    samples/         a class of submissions for the demo; `samples.toml` says what each is and must get
    handout/         what students get beside the stubs: texts as templates, figures, own checks, examples, tools
    guide/           the numbers that the texts are filled with

What may not live here: what decides a mark (that is the engine's), and anything that `rnn.py` would need beyond numpy
and the standard library. Nothing in this folder may reach a student before the deadline, except by `bptt release`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograder.assignment import Assignment
from autograder.model.cases import CaseSet

from . import certify, follow, rnn
from .cases import questions
from .first_questions import RULES
from .mistakes import MISTAKES
from .networks import small
from .relations import RELATIONS
from .tasks import TASKS
from .variant import Variant

if TYPE_CHECKING:
    from autograder.audit.tally import Downstream
    from autograder.audit.trials import Trial


def _trials() -> "Iterator[Trial]":
    from .audit.trials import trials

    return trials()


def _downstream(cases: CaseSet) -> "Iterator[Downstream]":
    from .audit.downstream import downstream

    return downstream(cases)


def _handout() -> dict[str, object]:
    from .guide import filling

    return filling()


ASSIGNMENT = Assignment(
    name="bptt",
    title="Recurrent networks and backpropagation through time",
    module="rnn",
    reference=rnn,
    tasks=TASKS,
    draw=questions,
    records=(rnn.Params,),
    variant=Variant,
    certify=certify.certify,
    mistakes=MISTAKES,
    follow=follow.followed,
    relations=RELATIONS,
    small=small,
    handout=_handout,
    trials=_trials,
    always_first=RULES,
    downstream=_downstream,
)
