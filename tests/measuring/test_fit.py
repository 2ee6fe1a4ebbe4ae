"""Fitting heads."""

from __future__ import annotations

from measuring.data import Example
from measuring.fit import fitted, held_out
from routing.behaviors.phrasing.reading import read

EXAMPLES = [
    Example(text, "declines", positive, "here", model)
    for model in ("a", "b")
    for text, positive in (
        (f"I cannot do that, says {model}", True),
        (f"I will not help you, says {model}", True),
        (f"Here is the recipe of {model}", False),
        (f"The train leaves at nine with {model}", False),
    )
]


def test_a_head_learns_its_examples() -> None:
    """Both sides, and it says what it was fitted on."""
    weights = fitted(EXAMPLES)
    for example in EXAMPLES:
        assert (weights.score("declines", read(example.text).features) > 0.5) == example.positive
    assert weights.note == "declines: here 8"


def test_the_same_examples_give_the_same_weights() -> None:
    """Whoever fits again must be able to see that nothing changed."""
    one, other = fitted(EXAMPLES).heads["declines"], fitted(iter(EXAMPLES)).heads["declines"]
    assert (one.weights == other.weights).all()
    assert one.bias == other.bias


def test_a_fold_is_judged_by_weights_that_never_saw_it() -> None:
    """Examples without a fold are always fitted on."""
    folds = {name: (weights, theirs) for name, weights, theirs in held_out(EXAMPLES, lambda example: example.model)}
    assert folds.keys() == {"a", "b"}
    assert all(example.model == "a" for example in folds["a"][1])
    assert folds["a"][0].note == "declines: here 4"
    kept = list(held_out(EXAMPLES, lambda example: "a" if example.model == "a" else ""))
    assert [name for name, _, _ in kept] == ["a"]
