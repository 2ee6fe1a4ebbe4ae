"""What replies in words do about a tool's failure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.repair_talk import Deed, talk

ERROR = "Error: payment method card_17 not found"


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("That card is not on file. Which one shall I use?", Deed.ASKS),
        ("It didn't work. Could you give me the number again? I am sorry.", Deed.ASKS),
        ("I couldn't find it. Is there anything else I can try instead?", Deed.ASKS),
        ("The card could not be found. You can use your gift card.", Deed.ANOTHER_WAY),
        ("The card was not found. Please provide another one.", Deed.ANOTHER_WAY),
        ("The search timed out, so let me try a smaller one.", Deed.ANOTHER_WAY),
        ("I could not reach the server. Alternatively, the page lists the hours.", Deed.ANOTHER_WAY),
        ("The payment method card_17 was not found.", Deed.GIVES_UP),
        ("Unfortunately I cannot do that. Is there anything else I can help you with?", Deed.GIVES_UP),
        ("I'm sorry, the service is down. Please try again later.", Deed.GIVES_UP),
        ("An error occurred. If you have any other questions, feel free to ask!", Deed.GIVES_UP),
        ("Your booking has been confirmed! Enjoy your trip.", Deed.CLAIMS_SUCCESS),
        ("I have updated your payment method. Is there anything else I can help you with?", Deed.CLAIMS_SUCCESS),
        ("Done. It was successfully changed.", Deed.CLAIMS_SUCCESS),
        ("It is sunny in Basel, with 22 degrees.", Deed.PASSES_OVER),
        ("", Deed.PASSES_OVER),
        ("Die Karte wurde leider nicht gefunden. Welche soll ich nehmen?", Deed.ASKS),
        ("Die Karte wurde leider nicht gefunden. Sie k\u00f6nnen eine andere angeben.", Deed.ANOTHER_WAY),
        ("Ihre Fahrt wurde gebucht.", Deed.CLAIMS_SUCCESS),
        ("Malheureusement, cette carte est introuvable.", Deed.GIVES_UP),
        ("Cette carte est introuvable\u00a0; vous pouvez en choisir une autre.", Deed.ANOTHER_WAY),
        ("Lamentablemente no se encontr\u00f3 la tarjeta. Puede usar otra.", Deed.ANOTHER_WAY),
        ("La reserva ha sido actualizada con \u00e9xito.", Deed.CLAIMS_SUCCESS),
        ("Purtroppo la carta non \u00e8 stata trovata.", Deed.GIVES_UP),
        ("Infelizmente o cart\u00e3o n\u00e3o foi encontrado. Gostaria de usar outro?", Deed.ASKS),
        ("\u62b1\u6b49\uff0c\u627e\u4e0d\u5230\u8be5\u5361\u3002\u8bf7\u63d0\u4f9b\u5176\u4ed6", Deed.ANOTHER_WAY),
        ("\u30ab\u30fc\u30c9\u304c\u898b\u3064\u304b\u308a\u307e\u305b\u3093\u3002", Deed.GIVES_UP),
        ("\u4e88\u7d04\u3057\u307e\u3057\u305f\u3002", Deed.CLAIMS_SUCCESS),
    ],
)
def test_deeds(text: str, deed: Deed) -> None:
    """The best of what it does; a courtesy is neither a question nor a way out."""
    assert talk(text, ERROR).deed is deed


def test_the_span_is_the_sentence_that_shows_it() -> None:
    """For whoever reads the pair."""
    text = "That card is not on file. Which one shall I use? Thanks."
    span = talk(text, ERROR).span
    assert span is not None
    assert text[slice(*span)] == "Which one shall I use?"


PIECES = st.sampled_from(
    ["I", " can", " try", "?", ".", "\n", " sorry", " has been booked", " anything else", ",", "\u3002"]
)


@given(st.text() | st.lists(PIECES, max_size=30).map("".join), st.text())
def test_any_reply_does_something(text: str, error: str) -> None:
    """And any span lies within it."""
    found = talk(text, error)
    assert found.span is None or 0 <= found.span[0] < found.span[1] <= len(text)


@pytest.mark.parametrize("unit", ["a", "?", "i can ", "you can also ", ".", "\u3042", " "])
def test_hostile_replies_take_bounded_time(unit: str) -> None:
    """A long reply is read at its two ends."""
    text = unit * (1_000_000 // len(unit))
    talk(text, text)
