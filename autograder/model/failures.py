"""How a run can fail as a whole, beside what `sandbox/failures.py` has."""


class WorkersFailed(Exception):
    """Those who should grade can't; the message says where, why, and what to do."""
