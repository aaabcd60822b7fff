"""Known mistakes in the functions that are built on the forward pass: the facts."""

from autograder.assignment import Mistake

from ..mistakes.bug import OWNER, bugs

_COUNT = "How many outputs were asked for?"

_GENERATORS: tuple[Mistake, ...] = (
    *bugs(
        "one_to_one many_to_many",
        "feeds-probabilities",
        "feed",
        "the probabilities are fed back, and not the one-hot of their argmax",
        "What was x in training?",
    ),
    *bugs(
        "one_to_one one_to_many",
        "state-not-carried",
        "state",
        "every step starts from h_init again",
        "What carries the past from step to step?",
    ),
    *bugs(
        "one_to_one one_to_many",
        "input-repeated",
        "feed | mutate",
        "x enters at every step, not at the first alone",
        "A single input: when does it enter?",
    ),
    *bugs(
        "one_to_one many_to_many",
        "feeds-older-output",
        "feed",
        "the output before the last is fed back, one step late",
        "Which output is the input of step t + 1?",
    ),
    *bugs(
        "one_to_one many_to_many",
        "one-hots-returned",
        "link",
        "the one-hot rows that are fed back are returned in place of the probabilities",
        "What does the caller want to see of each step?",
    ),
    *bugs("one_to_one one_to_many many_to_many", "last-row-only", "return", "only the last output is returned", _COUNT),
    *bugs("one_to_one one_to_many", "one-step-short", "count", "one step too few is run", _COUNT),
    *bugs("one_to_one one_to_many", "one-step-long", "count", "one step too many is run", _COUNT),
)

WRAPPERS: tuple[Mistake, ...] = (
    *_GENERATORS,
    *bugs(
        "one_to_one",
        "feeds-zeros",
        "feed",
        "zeros enter after the first step, and not the output",
        "What is the input of step t + 1?",
    ),
    *bugs(
        "one_to_one",
        "mutates-input",
        "mutate",
        "the next input is written into the argument x",
        OWNER,
        shows="mutation",
    ),
    *bugs(
        "one_to_many",
        "feeds-output",
        "feed",
        "the one-hot of the output's argmax enters after step 1, and not zeros",
        "What enters after step 1?",
    ),
    *bugs(
        "one_to_many",
        "feeds-probabilities",
        "feed",
        "the probabilities enter after step 1, and not zeros",
        "What enters after step 1?",
        family="feeds-output",
    ),
    *bugs(
        "one_to_many",
        "mutates-input",
        "mutate",
        "the argument x itself is set to zero after the first step",
        OWNER,
        shows="mutation",
    ),
    *(
        row
        for id_, what in (
            ("average-of-steps", "the mean of all outputs is returned"),
            ("all-steps", "the outputs of all steps are returned"),
        )
        for row in bugs(
            "many_to_one", id_, "return", what, "Which step has read everything?", family="average-or-all-steps"
        )
    ),
    *bugs(
        "many_to_one",
        "first-step",
        "return | state",
        "the first output is returned",
        "Which step has read everything?",
        family="average-or-all-steps",
    ),
    *bugs(
        "many_to_one",
        "kept-2d",
        "return",
        "a matrix of one row is returned, not a vector",
        "What shape has one output?",
    ),
    *bugs(
        "many_to_one",
        "state-returned",
        "return",
        "the last hidden state is returned, not the output",
        "Is each row a distribution?",
    ),
    *bugs(
        "many_to_one",
        "state-not-carried",
        "state",
        "every step starts from h_init again, so that only one input is seen",
        "What carries the past from step to step?",
    ),
    *bugs(
        "many_to_one",
        "mutates-input",
        "mutate",
        "the running state is written into the argument h_init",
        OWNER,
        shows="mutation",
    ),
)

_STOP = "Is <stop> an output too?"
_MEANING = "How does what the encoder has read reach the decoder?"
_NETWORK = "Whose U, W and V read, and whose write?"

MANY_TO_MANY: tuple[Mistake, ...] = (
    *bugs(
        "many_to_many",
        "state-not-carried",
        "state",
        "every step of the decoder starts from the same state",
        "What carries the past from step to step?",
    ),
    *bugs(
        "many_to_many",
        "start-repeated",
        "feed | mutate",
        "the decoder reads `start` at every step",
        "What does step 2 read?",
    ),
    *bugs(
        "many_to_many",
        "start-as-zeros",
        "begin | feed mutate",
        "the decoder reads zeros at its first step, not `start`",
        "What does step 1 read?",
    ),
    *bugs("many_to_many", "no-stop", "stop", "the decoder never stops before max_steps", _STOP),
    *bugs("many_to_many", "stop-excluded", "stop", "the row that puts out `stop` is left out", _STOP),
    *bugs("many_to_many", "stops-late", "stop", "the decoder stops one step late, after it has read `stop`", _STOP),
    *bugs("many_to_many", "one-step-long", "count", "max_steps + 1 rows can come out", _COUNT),
    *bugs(
        "many_to_many",
        "encoder-ignored",
        "start | encoder",
        "the decoder starts from h_init, and X is not used",
        _MEANING,
    ),
    *bugs(
        "many_to_many",
        "decoder-from-zeros",
        "start | encoder",
        "the decoder starts from zeros, and X is not used",
        _MEANING,
        family="encoder-ignored",
    ),
    *bugs("many_to_many", "wrong-network", "network", "the decoder runs with the encoder's weights", _NETWORK),
    *bugs(
        "many_to_many",
        "decoder-reads-too",
        "network encoder",
        "the encoder runs with the decoder's weights",
        _NETWORK,
        family="wrong-network",
    ),
    *bugs(
        "many_to_many",
        "mutates-input",
        "mutate",
        "the next input is written into the argument `start`",
        OWNER,
        shows="mutation",
    ),
)
