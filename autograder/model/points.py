"""How points are written: in every file and on every page the same."""


def number(value: float | None) -> str:
    """Write points with four decimals at most and no trailing zeros: 8, 7.5, 11.25; None is empty."""
    if value is None:
        return ""
    # Adding 0.0 turns the -0.0 that rounding can leave into 0.0.
    return f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".")
