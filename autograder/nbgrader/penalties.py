"""Penalties for late work, by the course's own plug-in. What a person gave instead is told from what it gave."""

import math
from datetime import datetime

from nbgrader.api import SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config


class Penalties:
    """The plug-in that the course's config names; without one, late work costs nothing."""

    def __init__(self, config: Config) -> None:
        step = AssignLatePenalties(config=config)
        step.init_plugin()
        self._plugin = step.plugin_inst

    def due(self, notebook: SubmittedNotebook) -> float | None:
        """Return what a notebook's present score loses by the clock, within that score; None for nothing."""
        return self._of(notebook, notebook.assignment.duedate if _has_due_date(notebook) else None)

    def by_hand(self, notebook: SubmittedNotebook) -> bool:
        """Tell whether a notebook has a penalty that is not the plug-in's, which nobody may change."""
        there = notebook.late_submission_penalty
        if there is None:
            return False
        # An extension may have been granted since the plug-in was asked.
        automatic = (self.due(notebook), self._of(notebook, notebook.assignment.assignment.duedate))
        return not any(math.isclose(there, penalty or 0.0, abs_tol=1e-9) for penalty in automatic)

    def _of(self, notebook: SubmittedNotebook, due: datetime | None) -> float | None:
        handed_in = notebook.assignment.timestamp
        if due is None or handed_in is None or handed_in <= due:
            return None
        seconds = (handed_in - due).total_seconds()
        penalty = self._plugin.late_submission_penalty(notebook.student.id, notebook.score, seconds)
        return None if penalty is None else min(max(penalty, 0.0), notebook.score)


def _has_due_date(notebook: SubmittedNotebook) -> bool:
    """Whether the assignment has a due date: without one, nbgrader can't add an extension to it."""
    return notebook.assignment.assignment.duedate is not None
