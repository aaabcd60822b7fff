"""From a seed to a proved case set."""
