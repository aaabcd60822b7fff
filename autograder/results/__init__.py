"""What happens to marks after the judge: marks by hand, extensions, a change of settings, a student who asks.

What lives here: pure functions that say which mark counts and with what it was made, and the commands that a
person gives in a term. What may not: judging.
"""
