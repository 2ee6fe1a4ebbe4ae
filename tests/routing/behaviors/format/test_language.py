# ruff: noqa: RUF001 -- other scripts are what this is about
"""Texts in the language that was asked for, and in another."""

from __future__ import annotations

import pytest

from routing.behaviors.format.language import CODES, is_written_in

TEXTS = {
    "en": "The train leaves at noon, and you can buy a ticket from the driver for a small fee.",
    "de": "Der Zug fährt um zwölf, und die Karte ist nicht teuer; sie können sie bei dem Fahrer kaufen.",
    "fr": "Le train part à midi et les billets ne sont pas chers pour les enfants dans la plupart des cas.",
    "es": "El tren sale a las doce y los billetes no son caros para los niños en la mayoría de los casos.",
    "it": "Il treno parte a mezzogiorno e i biglietti non sono cari per i bambini nella maggior parte dei casi.",
    "pt": "O trem sai ao meio-dia e os bilhetes não são caros para as crianças na maioria dos casos, mas há poucos.",
    "nl": "De trein vertrekt om twaalf uur en het kaartje is niet duur voor de kinderen in het gezin.",
    "sv": "Tåget går klockan tolv och det är inte dyrt för barn som åker med en vuxen på helgen.",
    "fi": "Juna lähtee kello kaksitoista ja se on halpa, mutta lippu ei ole voimassa kun se on vanha.",
    "pl": "Pociąg odjeżdża o dwunastej i nie jest drogi dla dzieci, ale nie ma go w niedziele.",
    "vi": "Tàu khởi hành lúc mười hai giờ và vé không đắt cho trẻ em trong các ngày cuối tuần.",
    "ru": "Поезд отходит в полдень, и билеты не дорогие для детей, но это не на все дни.",
    "uk": "Потяг відходить опівдні, і квитки не дорогі для дітей, але це не на всі дні.",
    "ar": "يغادر القطار عند الظهر وهو غير مكلف في معظم الأيام من هذا الشهر.",
    "hi": "रेलगाड़ी दोपहर में चलती है और बच्चों के लिए टिकट महंगा नहीं है।",
    "ko": "기차는 정오에 출발하며 어린이 승차권은 비싸지 않습니다. 주말에는 없습니다.",
    "zh": "火车中午出发，儿童票并不贵，但是周末没有车，请提前查询时间表再出门。",
    "ja": "列車は正午に出発します。子どもの切符は高くありませんが、週末は運休です。",
    "th": "รถไฟออกตอนเที่ยง และตั๋วเด็กไม่แพง แต่ไม่มีในวันหยุดสุดสัปดาห์",
}  # fmt: skip


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_is_in_its_own_language_and_in_no_other(code: str) -> None:
    """French where German was asked for is a lost form."""
    assert [other for other in TEXTS if is_written_in(TEXTS[code], other)] == [code]


@pytest.mark.parametrize("text", ["", "OK", "42", "Berlin", "Paracetamol Ibuprofen Aspirin Diclofenac"])
def test_too_little_says_nothing(text: str) -> None:
    """A name, a number and a list of terms are the same in most languages."""
    assert is_written_in(text, "de") is None


def test_every_name_leads_to_a_language_that_can_be_confirmed() -> None:
    """A demand that nobody can check must not be read."""
    for code in CODES.values():
        assert is_written_in("\u0416" * 40 if code not in {"ru", "uk", "bg"} else "z" * 40, code) is not None
