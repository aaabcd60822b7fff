"""The questions that everybody is asked first, by task; who is right on them is asked nothing more.

`bptt audit --questions` chooses them (docs/instructors.md says how) and prints this table. A test fails when they no
longer show every mistake, as after a new mistake or a new question: then the table is to be made anew.
"""

#: Drawn for a rule of their own (extremes, growth, a product of odd length, ties, an end, a call that is repeated, an
#: encoder of one step, a single step), or equal in shape to another one, so that an answer kept by shape shows: always
#: first.
RULES = (
    *("large logits", "columns far apart", "rows far apart", "wrong classes ruled out", "the truth ruled out"),
    *("large errors", "growing", "identity, t=4, k=1", "outputs that tie", "stops at once"),
    *("plain again", "a single input", "bptt_V/plain", "bptt_W/square", "bptt_U/square", "bptt_bias/bptt_b, square"),
    *("single step", "bptt_b, single step"),
)

FIRST: dict[str, tuple[str, ...]] = {
    "softmax": (
        "a stack of sequences",
        "columns far apart",
        "large logits",
        "one vector",
        "rows far apart",
    ),
    "cross_entropy": (
        "plain, averaged",
        "square",
        "square, averaged",
        "the truth ruled out",
        "wrong classes ruled out",
    ),
    "forward": (
        "late error",
        "mean",
        "plain",
        "plain again",
        "short identity",
        "single step",
        "square identity",
    ),
    "output_error": (
        "plain",
        "plain, averaged",
        "square",
        "square, averaged",
    ),
    "bptt_V": (
        "identity",
        "large errors",
        "plain",
        "single step",
        "square identity",
    ),
    "hidden_jacobian": (
        "growing",
        "identity, t=2, k=2",
        "identity, t=4, k=1",
        "identity, t=6, k=2",
        "plain, t=3, k=3",
        "plain, t=4, k=3",
        "plain, t=8, k=0",
    ),
    "bptt_W": (
        "identity",
        "large readout",
        "late error",
        "long memory",
        "single step",
        "square",
        "square identity",
        "square, large errors",
    ),
    "bptt_U": (
        "identity",
        "large readout",
        "late error",
        "long memory",
        "single step",
        "square",
        "square identity",
        "square, large errors",
    ),
    "bptt_bias": (
        "bptt_b, identity",
        "bptt_b, large readout",
        "bptt_b, late error",
        "bptt_b, long memory",
        "bptt_b, single step",
        "bptt_b, square",
        "bptt_b, square identity",
        "bptt_b, square, large errors",
        "bptt_c, identity",
        "bptt_c, large errors",
        "bptt_c, large readout",
        "bptt_c, plain",
    ),
    "gradient_step": (
        "plain",
        "square",
    ),
    "one_to_one": (
        "6 steps",
        "7 steps",
        "8 steps",
        "one step",
        "outputs that tie",
    ),
    "one_to_many": (
        "identity",
        "plain",
        "short identity",
        "single step",
        "square",
    ),
    "many_to_one": (
        "identity",
        "long identity",
        "plain",
        "short identity",
        "single step",
        "three steps",
        "two steps",
    ),
    "many_to_many": (
        "a single input",
        "equal sizes, never stops",
        "identity",
        "never stops",
        "outputs that tie",
        "stops at once",
        "stops early",
        "two inputs",
    ),
}
