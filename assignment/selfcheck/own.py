"""What this assignment adds to the self-check."""

from .cases import Record
from .extras import Extras
from .facts import CONDITIONS, FACTORS, LOOKS, RELATIONS, facts_of, forgives
from .properties import PROPERTIES, on_the_small_network
from .seen import times

_WRAPPERS = ("one_to_one", "one_to_many", "many_to_one", "many_to_many")
_ACTIVATIONS = ("tanh", "identity")


def _sizes(params: Record) -> str:
    (H, D), K = params.arrays["U"].shape, len(params.arrays["c"])
    return f"(D={D} H={H} K={K})"


EXTRAS = Extras(
    properties=tuple(map(on_the_small_network, PROPERTIES)),
    calls={f"forward-{activation}": ("softmax-values",) for activation in _ACTIVATIONS}
    | {f"{wrapper}-{activation}": (f"forward-{activation}",) for wrapper in _WRAPPERS for activation in _ACTIVATIONS},
    options={
        "activation": ("Which φ was asked for, and what is its slope?", "The Math Behind BPTT"),
        "reduction": ("Which reduction was asked for, and what does a mean divide by?", "The Math Behind BPTT"),
    },
    sizes=_sizes,
    facts=facts_of,
    relations=(*((sentence, times(factor)) for sentence, factor in FACTORS), *RELATIONS),
    conditions=CONDITIONS,
    forgives=forgives,
    looks=LOOKS,
)
