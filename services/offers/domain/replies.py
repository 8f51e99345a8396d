"""How often an employer answers."""


def reply_rate(answered: int, silent: int, at_least: int) -> float | None:
    """Answered ÷ due, in [0, 1]; None until ``at_least`` applications were due.

    Due: answered, or left without an answer for 15 days (setting) or for good. What the seeker withdrew before is
    neither.
    """
    due = answered + silent
    return round(answered / due, 3) if due >= at_least else None
