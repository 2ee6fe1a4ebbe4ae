"""Which of eight languages, or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.phrasing.language import language_of
from routing.behaviors.phrasing.words import split

SENTENCES = {
    "en": ["I'm not able to do that.", "The train leaves at nine.", "No idea."],
    "de": ["Dabei kann ich leider nicht helfen.", "Der Zug fährt um neun.", "Das weiß ich nicht.", "Keine Ahnung."],
    "fr": ["Je ne peux pas vous aider.", "Le train part à neuf heures.", "Désolé.", "Je l'ignore."],
    "es": ["No puedo ayudarte con eso.", "El tren sale a las nueve.", "Lo siento.", "No lo sé."],
    "it": ["Non posso aiutarti.", "Il treno parte alle nove.", "Mi dispiace.", "Non lo so."],
    "pt": ["Não posso ajudar com isso.", "O trem parte às nove.", "Desculpe, não posso.", "Não sei."],
    "zh": ["我无法回答这个问题。", "火车九点出发。", "不知道"],
    "ja": ["お答えできません。", "電車は九時に出発します。", "わかりません", "Pythonでは難しいです。"],
    None: [
        "Ik kan je daar niet mee helpen.",
        "Przepraszam, nie mogę pomóc.",
        "Извините, я не могу помочь.",
        "عذرًا، لا أستطيع المساعدة.",
        "죄송하지만 도와드릴 수 없습니다.",
        "Üzgünüm, bu konuda bir şey diyemem.",
        "Jag kan inte hjälpa till med det.",
        "Maaf, saya tidak bisa membantu dengan itu.",
    ],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SENTENCES.items() for text in texts])
def test_a_sentence_tells_its_language(code: str | None, text: str) -> None:
    """Also a short one: refusals are short."""
    assert language_of(split(text)) == code


@pytest.mark.parametrize("text", ["", "42", '{"total": 3}', "Paris", "x = f(y)", "aGVsbG8gd29ybGQ="])
def test_text_without_evidence_counts_as_english(text: str) -> None:
    """Data contain no English phrase, so nothing is found in them, and that is an answer: a refusal they are not."""
    assert language_of(split(text)) == "en"


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    """Detectors never raise, so nothing they ask may."""
    language_of(split(text))
