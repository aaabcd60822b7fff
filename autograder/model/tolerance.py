"""The only numbers that decide between right and wrong (measured: see the comments)."""

# Against the reference: max|g - g*| ≤ TAU · max|g*| per array. Re-orderings of correct BPTT differ by at
# most 3e-13, float32 by 2e-6, and every known mistake by 0.25 or more on well-made cases.
TAU = 1e-6
# An answer in float32 that is right passes with a note.
TAU_FLOAT32 = 1e-4

# The reference against a complex step, and against numdifftools (whose error estimate is not a bound).
COMPLEX_STEP = 1e-12
NUMDIFFTOOLS_ERRORS = 100.0
NUMDIFFTOOLS_FLOOR = 1e-9

# Every entry of the bug library shows at least this much on some first question of a proved case set.
BUG_SHOWS = 0.25
# A question shows a mistake where the answer is off by so much: 100 times what float32 is granted.
BUG_SEEN = 1e-2
# All correct styles agree this closely on every case.
STYLES_AGREE = 1e-9

# Two answers to one question are the same where they are as near as correct styles are.
SAME_ANSWER = STYLES_AGREE

# Follow-through: central differences of a loss along Gaussian directions.
STEP = 1e-5
DIRECTIONS = 3
RELATIVE_FLOOR = 1e-7
UNIT_ROUNDOFF = 2.0**-53
# A directional derivative smaller than this means that the loss does not see the parameter.
DEGENERATE = 1e-8
# D(h) and D(2h) that differ by more than this share of D have a kink between them.
KINK = 1e-3
# A forward pass that sees an argument answers a large change of it by more than this.
VISIBLE = 1e-3
# A forward pass of the student's own is a network near a point, if its states move by slopes times the moves of
# U x + W h + b but for this share of them, if the point lies in the middle of its neighbours (whose distance is 1e-5)
# up to curvature, and if at most steps, and at the next, some unit has a slope above this.
SHAPE = 1e-3
SHAPE_MIDDLE = 1e-6
ALIVE = 1e-3
ALIVE_STEPS = 0.5
# And elsewhere, if its states come of the same activation, to this share of their range, where the judged ones tell.
ACTIVATION = 0.02
INSIDE = 0.25

# Backpropagation in float64 is right to 1e-12 or so, differences of a loss to 1e-10 at best.
NUMERICAL = 1e-11
