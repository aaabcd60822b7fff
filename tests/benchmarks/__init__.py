"""Benchmarks: what a submission costs, as ratios against peers that are measured in the same run.

What lives here: programs that print tables. What may not: assertions about time; no test imports this.
"""
