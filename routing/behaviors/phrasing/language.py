"""Which language a text is in: one of eight, or none of them.

By script first, then by the small words that every sentence of a language needs. Text without evidence, such as a
number, a name, code or JSON, counts as English, whose phrases it will not contain; text with evidence for another
language counts as none, and detectors say ``not_applicable`` rather than guess.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import repeat

from routing.behaviors.phrasing.words import Words

_WORDS, _LETTERS = 120, 800  # what suffices to tell
_KANA = re.compile("[\u3040-\u30ff\uff66-\uff9f]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_OTHER_SCRIPTS = re.compile("[\u0250-\u1dff\u2c00-\u2fff\ua000-\uf8ff]")
_UNUSUAL = re.compile("[\u0100-\u0151\u0154-\u024f]")  # letters beyond those of the eight's alphabets


class Language(StrEnum):
    """The languages in which phrasing is judged."""

    EN = "en"
    DE = "de"
    FR = "fr"
    ES = "es"
    IT = "it"
    PT = "pt"
    ZH = "zh"
    JA = "ja"


_OTHER = "other"
_SMALL_WORDS: dict[str, str] = {
    Language.EN: "the and is are of to you that it for with this as not have be can i'm it's your what how would "
    "from at will was were which do don't can't cannot my about no know sorry there could should please "
    "been has they we",
    Language.DE: "der die das und ist nicht ich sie zu den mit ein eine einen dass auf für von im dem des es auch "
    "kann ihnen wie sich bei wir oder aber leider diese dieser dazu keine kein mir uns ihre sind haben "
    "werden nur weiß mein",
    Language.FR: "le la les des et est je vous ne pas que pour dans une un du en qui sur avec ce cette au aux mais "
    "ou votre j'ai n'est c'est d'un d'une l'on qu'il sont nous ai suis peux désolé cela aucune n'ai "
    "être mon leur ça",
    Language.ES: "el la los las de que en un una es no para con por lo se su del al como más pero sus le puedo "
    "este esta está si sobre ser son lo siento usted eso ni hay muy también qué yo mi me sé cómo tengo "
    "ayudarte",
    Language.IT: "il lo la gli le di che è un una per non con si del della dei delle sono nel alla ma come più "
    "questo questa ho posso mi ti dispiace anche da su al dell'utente l'ha cosa essere dal sulla può so "
    "io ci",
    Language.PT: "os as às aos de que em um uma é não para com por no na do da dos das se ao mais mas como eu você "
    "posso isso sobre são pelo pela seu sua também está esse este esta ou lhe me sei nem muito foi ser "
    "tenho",
    _OTHER: "het een van niet voor maar zijn wordt ook naar deze ik je aan och att det som inte är på med av "
    "jag en og ikke af til jeg nie jest się na że do jak czy dla bir ve bu için değil ile ama çok şi nu "
    "este pentru cu din care yang dan di itu ini dengan untuk tidak adalah saya dari không là của và có "
    "cho một tôi được nem hogy az egy és ja ei on että se mutta že je pro jsem nebo není pas les mogu "
    "ali za kan dit wel",
}


_BITS = 16  # that hold one language's votes: more than _WORDS of the loudest words add up to
_EACH = (1 << _BITS) - 1
_SHIFTS = {language: _BITS * place for place, language in enumerate(_SMALL_WORDS)}


def _votes() -> dict[str, int]:
    """For every small word how loudly it speaks for each language: what several share says little for each.

    The votes for all languages are one number, a language's bits beside another's, so that one addition adds them all.
    """
    owners: dict[str, list[str]] = {}
    for language, words in _SMALL_WORDS.items():
        for word in dict.fromkeys(words.split()):
            owners.setdefault(word, []).append(language)
    return {word: sum(60 // len(found) << _SHIFTS[one] for one in found) for word, found in owners.items()}


_VOTES = _votes()


def language_of(words: Words) -> Language | None:
    """The language of a text, None where it is none of the eight."""
    letters = words.read[:_LETTERS]
    if not letters.isascii():
        if _foreign(letters):
            return None
        if (eastern := _eastern(letters)) is not None:
            return eastern
    return _by_small_words(words.tokens[:_WORDS], letters)


def _foreign(letters: str) -> bool:
    """Whether most letters are of a script in which none of the eight is written."""
    others = sum(1 for found in _OTHER_SCRIPTS.finditer(letters) if found[0].isalpha())
    return 2 * others > sum(char.isalpha() for char in letters)


def _eastern(letters: str) -> Language | None:
    """Chinese or Japanese, if that is what the text is written in: a character of theirs says what a word says."""
    kana, han = len(_KANA.findall(letters)), len(_HAN.findall(letters))
    if 4 * (kana + han) <= sum(char.isalpha() for char in letters):
        return None
    return Language.JA if 8 * kana > han else Language.ZH


def _by_small_words(tokens: tuple[str, ...], letters: str) -> Language | None:
    votes = sum(map(_VOTES.get, set(tokens), repeat(0)))
    if not votes:
        return None if _UNUSUAL.search(letters) else Language.EN
    best = max(_SHIFTS, key=lambda language: votes >> _SHIFTS[language] & _EACH)
    return None if best == _OTHER else Language(best)
