"""Whether a text is written in a language: for requests that name the one to answer in.

To confirm a named language is easier than to find out an unknown one: its script must carry most letters, and among
the languages that share the script its own small words, or letters, must be the most frequent. Texts too short to tell
are given the benefit of the doubt. Reads the first thousand characters only. The counterpart for unknown texts is
``phrasing.language``, which knows fewer.
"""

from __future__ import annotations

import re
from collections import Counter

_READ = 1_000  # characters
_FEW = 20  # letters below which nothing can be told
_SHARE = 0.5  # of the letters, in the language's script
_KANA_SHARE = 0.08
_NEAR = 0.8  # of the best rival's hits: related languages share small words

_SCRIPTS = {
    "latin": "a-zA-Z\u00c0-\u024f\u1e00-\u1eff",
    "cyrillic": "\u0400-\u052f",
    "arabic": "\u0600-\u06ff\u0750-\u077f",
    "devanagari": "\u0900-\u097f",
    "han": "\u3400-\u9fff\u3040-\u30ff\uff66-\uff9d",
    "hangul": "\uac00-\ud7af\u1100-\u11ff\u3130-\u318f",
    "hebrew": "\u0590-\u05ff",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "thai": "\u0e00-\u0e7f",
    "bengali": "\u0980-\u09ff",
    "gurmukhi": "\u0a00-\u0a7f",
    "gujarati": "\u0a80-\u0aff",
    "tamil": "\u0b80-\u0bff",
    "telugu": "\u0c00-\u0c7f",
    "kannada": "\u0c80-\u0cff",
    "malayalam": "\u0d00-\u0d7f",
    "armenian": "\u0530-\u058f",
    "georgian": "\u10a0-\u10ff",
}
_OF_SCRIPT = {
    "ko": "hangul", "he": "hebrew", "el": "greek", "th": "thai", "bn": "bengali", "pa": "gurmukhi", "gu": "gujarati",
    "ta": "tamil", "te": "telugu", "kn": "kannada", "ml": "malayalam", "hy": "armenian", "ka": "georgian",
    "zh": "han", "ja": "han",
}  # fmt: skip
_SMALL_WORDS = {
    "latin": {
        "en": "the and of to in is that for it with as was on are be this by you or an from not have your they can",
        "de": "der die und das ist nicht ein eine zu den mit von für auf im es sich dem auch wie oder sie werden sind",
        "fr": "le la les et des est une un du que dans pour qui pas sur il elle vous ce avec plus au sont par cette",
        "es": "el la los las de y que en es un una por con para se del no lo como más su al son pero está este",
        "it": "il la di che e un una per non sono del della con si in è le gli come da anche più dei nel questo alla",
        "pt": "o a os as de que e do da em um uma para não com por se mais como no na dos são é seu ao você",
        "nl": "de het een en van is dat niet op te zijn voor met die aan er om ook als maar bij hij wordt worden",
        "sv": "och att det som en på är av för med den till inte om ett har de jag men var eller kan vi så",
        "da": "og det at er en til på som af for den med de ikke der et har om jeg men var eller kan fra",
        "no": "og det er en til på som av for den med de ikke et har om jeg men var eller kan fra også å",
        "fi": "ja on ei että se hän ovat oli kun mutta joka tai kuin niin myös sen mukaan voi olla tämä jos ole",
        "pl": "i w na z się nie to jest do że jak o co ale po tak od za są jego dla przez może które oraz",
        "cs": "a v se na je že to s z do i o jako pro jsou by po za tak ale při není který které nebo",
        "tr": "ve bir bu için ile da de çok olarak daha ne gibi var en kadar olan ama değil sonra her veya ki",
        "vi": "và của là có không được cho một những các trong với này để khi người đã về từ như cũng tôi nhiều",
        "id": "dan yang di dengan untuk tidak ini dari dalam pada adalah itu akan ke atau juga bisa oleh sebagai kita",
        "ro": "și de la în cu nu este un o pe care să din sunt mai pentru că a fi se ca au prin",
        "hu": "a az és hogy nem is egy ez de meg van volt mint csak ha vagy azt már még el kell lehet",
        "sw": "na ya wa kwa ni katika za la kuwa hii cha hiyo watu yake kama pia sana lakini au mtu",
        "ca": "el la els les de i que en és un una per amb no es del com més al són però aquest",
        "hr": "i je u se na da su za od s to ne kao što ali ili koji biti o po može",
    },
    "cyrillic": {  # each script's letters are its own, however much some look like Latin ones
        "ru": "и в не на что с как это по но из он у к для от так же вы или был ы э",  # noqa: RUF001
        "uk": "і в не на що з як це та до у для від є або але за він було ї є і",  # noqa: RUF001
        "bg": "и в не на че с как това по но от за да се е са като или ще съм",  # noqa: RUF001
    },
    "arabic": {
        "ar": "في من على إلى أن هذا التي مع عن كان هو هي ما لا أو الذي كل بعد قد هذه ة",
        "fa": "و در به از که این را با است برای آن یک می تا بر هم شود شده خود پ چ گ",
        "ur": "کے میں کی ہے اور سے کا کو ہیں کہ پر یہ نے ایک بھی کر تھا نہیں ہو ٹ ڈ",
    },
    "devanagari": {
        "hi": "के में की है और से का को हैं कि पर यह ने एक भी कर था नहीं हो जो",
        "mr": "आणि आहे या हे एक ते की नाही व आहेत च होते केले ही साठी असे होता त्या ळ",
        "ne": "र छ को मा हो छन् यो भने लागि पनि गर्न एक गरेको थियो हुन् तर गर्छ सबै छैन",
    },
}  # fmt: skip
_MARKED = re.compile(r"[^\W\d_]+[\u093e-\u094d\u0900-\u0903]*(?:[^\W\d_][\u093e-\u094d\u0900-\u0903]*)*")
_LETTERS = {name: re.compile(f"[{letters}]+") for name, letters in _SCRIPTS.items()}
_KANA = re.compile("[\u3040-\u30ff]+")
_LETTER = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile("[a-z]+")  # the same of lower-case ASCII, in half the time
_OWNERS = {
    script: {
        word: tuple(code for code, words in languages.items() if word in words.split())
        for word in " ".join(languages.values()).split()
    }
    for script, languages in _SMALL_WORDS.items()
}  # small word -> the languages that have it
_SCRIPT = _OF_SCRIPT | {code: script for script, languages in _SMALL_WORDS.items() for code in languages}

CODES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "brazilian portuguese": "pt", "dutch": "nl", "swedish": "sv", "danish": "da", "norwegian": "no", "finnish": "fi",
    "polish": "pl", "czech": "cs", "turkish": "tr", "vietnamese": "vi", "indonesian": "id", "romanian": "ro",
    "hungarian": "hu", "swahili": "sw", "catalan": "ca", "croatian": "hr", "russian": "ru", "ukrainian": "uk",
    "bulgarian": "bg", "arabic": "ar", "persian": "fa", "farsi": "fa", "urdu": "ur", "hindi": "hi", "marathi": "mr",
    "nepali": "ne", "korean": "ko", "hebrew": "he", "greek": "el", "thai": "th", "bengali": "bn", "bangla": "bn",
    "punjabi": "pa", "gujarati": "gu", "tamil": "ta", "telugu": "te", "kannada": "kn", "malayalam": "ml",
    "armenian": "hy", "georgian": "ka", "chinese": "zh", "mandarin": "zh", "simplified chinese": "zh",
    "traditional chinese": "zh", "japanese": "ja",
}  # fmt: skip
"""The languages that can be confirmed: English name, in lower case -> ISO 639-1 code."""


def is_written_in(text: str, code: str) -> bool | None:
    """Whether the text is in the language; None if it is too short, or the language unknown."""
    read, script = text[:_READ].lower(), _SCRIPT.get(code)
    words = (_PLAIN if read.isascii() else _LETTER).findall(read)
    letters = sum(map(len, words))
    if script is None or letters < _FEW:
        return None
    if _length(script, read, letters) < _SHARE * letters:
        return False
    if script == "han":
        return (sum(map(len, _KANA.findall(read))) >= _KANA_SHARE * letters) == (code == "ja")
    if script not in _OWNERS:
        return True
    return _leads(_MARKED.findall(read) if script == "devanagari" else words, code, _OWNERS[script])


def _length(script: str, text: str, letters: int) -> int:
    """How many of a text's letters are of the script."""
    if text.isascii():
        return letters if script == "latin" else 0
    return sum(map(len, _LETTERS[script].findall(text)))


def _leads(words: list[str], code: str, owners: dict[str, tuple[str, ...]]) -> bool | None:
    counts, hits = Counter(words), Counter[str]()
    for word in counts.keys() & owners.keys():
        for owner in owners[word]:
            hits[owner] += counts[word]
    best = max(hits.values(), default=0)
    return None if best < 2 else hits[code] >= _NEAR * best  # noqa: PLR2004 -- one small word is chance
