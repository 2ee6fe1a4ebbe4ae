"""What a reply in words does about a tool's failure: ask, show another way, own up to it, or claim success.

Phrases in the eight languages, read sentence by sentence, so that a courtesy at the end ("is there anything else?") is
told from a question. It does not judge what is done; ``plan_repair`` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise

from routing.behaviors.phrasing.lexicon import Hit, Lexicon
from routing.behaviors.phrasing.reading import read
from routing.behaviors.phrasing.words import SENTENCE_ENDS, Words, split

_OFFER, _ADMISSION, _CLAIM, _COURTESY, _LATER = "offer", "admission", "claim", "courtesy", "later"
_DONE = (
    "(booked|updated|cancelled|canceled|changed|sent|processed|completed|created|added|confirmed|scheduled|submitted|"
    "saved|deleted|removed|refunded|reserved|placed|moved|upgraded|applied|ordered|transferred|fixed|resolved|set up)"
)
_CUES = {
    _OFFER: (
        "instead",
        "(alternative|alternatives|alternatively|another|a different|other options|other ways|options)",
        "(would|do) you (like|prefer|want) [me]",
        "would you (be able|mind|rather|consider)",
        "(shall|should) (i|we)",
        (
            "(i|we) (can|could|may|might|will|would) [also|then|now|still|first] (try|search|look|check|use|"
            "transfer|book|offer|retry|continue|proceed|split|combine|suggest|recommend|fetch|go|start|create|"
            "escalate|put|open|add|find|list|read|query|run|ask|connect|correct|adjust|calculate)"
        ),
        (
            "(i'll|we'll) [also|then|now|first] (try|search|look|check|use|retry|fetch|go|start|find|run|ask|"
            "correct|"
            "adjust|need to|need you to)"
        ),
        "(i'm|i am|we're|we are) [now] going to (try|search|look|check|use)",
        (
            "(let's|let us|let me) [now|first|instead] (try|check|look|search|see|use|find|start|correct|consider|"
            "fix|"
            "proceed|adjust|retry|go|explore|run)"
        ),
        (
            "you (can|could|may|might) [also|still|then|either|want to] (use|try|choose|select|pick|provide|"
            "consider|"
            "book|add|change|pay|check|contact|ask|reach|keep|visit|call|look|search|wait|go|take|split|combine|enter)"
        ),
        (
            "please (provide|specify|choose|select|verify|give|enter|pick|share|tell|send|double-check|check|"
            "clarify|"
            "confirm|contact|grant|use)"
        ),
        (
            "(could|can) you [please] (provide|specify|choose|select|verify|give|enter|share|tell|send|check|"
            "clarify|"
            "confirm)"
        ),
        "let me know (which|what|how|whether|if you'd like|if you would like|if you want|if you prefer)",
        "(i|we|i'd|i would) [would] (suggest|recommend)",
        "(workaround|work around|next step|next steps|in the meantime)",
        "available (is|are|options)",
        "(stattdessen|alternativ|andere|anderen|anderer|alternative|alternativen|möchten sie|möchtest du|soll ich)",
        "(ich|wir) (kann|können|könnte|versuche|suche|prüfe|werde)",
        "(sie können|du kannst|bitte geben|bitte nennen|bitte wählen|bitte prüfen|lassen sie mich)",
        "(à la place|autre|autres|alternative|souhaitez vous|voulez vous|préférez vous|dois je)",
        "(je peux|je vais|vous pouvez|veuillez|merci de|essayons)",
        "(en su lugar|otra|otro|otras|otros|alternativa|alternativas)",
        "(quiere que|desea|prefiere|puedo|podemos)",
        "(puede usar|puedes usar|puede elegir|por favor indique|por favor proporcione|probemos|voy a)",
        "(invece|altra|altro|altre|altri|alternativa|vuole che|vuoi che|desidera|preferisce|posso|possiamo)",
        "(può usare|puoi usare|proviamo|la prego di|indichi)",
        "(em vez disso|outra|outro|outras|outros|alternativa|gostaria|prefere|quer que|posso|podemos|pode usar)",
        "(por favor informe|por favor forneça|vamos tentar|vou tentar)",
        "(您 可 以|你 可 以|可 以 改|换 一|其 他|另 一|另 外|请 提 供|请 确 认)",
        "(请 选|我 可 以|改 用|是 否 要|要 不 要)",
        "(代 わ り|別 の|他 の|ご 希 望|ご 確 認|教 え て)",
        "(お 知 ら せ く だ さ い|試 し|よ ろ し い|い か が)",
    ),
    _ADMISSION: (
        "(unable|couldn't|can't|cannot|wasn't|isn't|aren't|weren't|doesn't|don't|didn't|won't|hasn't|haven't)",
        "(could|can|was|is|are|were|does|did|do|has|have|will) not",
        "(failed|fails|failure|failing|error|errors|issue|issues|problem|problems|trouble|unfortunately|unavailable)",
        (
            "(not found|no longer|not enough|insufficient|invalid|incorrect|declined|rejected|denied|timed out|"
            "missing|wrong|mistake|discrepancy|went wrong|not possible|only|instead of)"
        ),
        "(sorry|apologies|apologize|apologise|regret)",
        "there (is|are|was|were) no",
        "(leider|nicht|kein|keine|keinen|fehler|fehlgeschlagen|problem|entschuldigung)",
        "(malheureusement|pas|aucun|aucune|erreur|échoué|problème|désolé|désolée|impossible)",
        "(desafortunadamente|lamentablemente|no|error|falló|fallado|problema|siento|imposible|ningún|ninguna)",
        "(purtroppo|non|errore|fallito|fallita|problema|spiacente|dispiace|impossibile|nessun|nessuna)",
        "(infelizmente|não|erro|falhou|problema|desculpe|impossível|nenhum|nenhuma)",
        "(无 法|不 能|失 败|错 误|抱 歉|遗 憾|没 有|不 足|未 能|问 题|未 找 到|找 不 到)",
        "(で き ま せ|失 敗|エ ラ ー|申 し 訳|残 念|見 つ か り ま せ|あ り ま せ|不 足|問 題)",
    ),
    _CLAIM: (
        "successfully",
        f"(has|have) [now] been [now] {_DONE}",
        f"(is|are) [now] {_DONE}",
        f"(i've|i have|we've|we have) [now|just|already] {_DONE}",
        "(all set|you're all set|all done|good to go)",
        "(erfolgreich|wurde gebucht|wurde geändert|wurde storniert|ist gebucht|ist erledigt)",
        "(avec succès|a été réservé|a été réservée|a été modifiée|a été annulée|c'est fait)",
        "(con éxito|exitosamente|ha sido reservado|ha sido cancelada|ha sido actualizada|está hecho)",
        "(con successo|è stato prenotato|è stata aggiornata|è stata annullata|è fatto)",
        "(com sucesso|foi reservado|foi reservada|foi atualizada|foi cancelada|está feito)",
        "(成 功|已 经 为 您|已 预 订|已 完 成|已 更 新|已 取 消)",
        "(完 了 し ま し た|予 約 し ま し た|更 新 し ま し た|キ ャ ン セ ル し ま し た)",
    ),
    _COURTESY: (
        "(anything|something) else (i|you|we)",
        "(any|further|more|additional|other) [other|further] (questions|requests|concerns|help|assistance)",
        "(need|require) [any] [further|more|additional] (help|assistance)",
        "how (else|can|may) (i|we) [else] (help|assist)",
        "(feel free|don't hesitate|happy to help|glad to help|here to help)",
        "(weitere fragen|noch etwas|sonst noch)",
        "(autre question|autre chose|d'autres questions|besoin d'aide)",
        "(algo más|alguna otra pregunta|otra consulta)",
        "(qualcos'altro|altre domande|altro per lei)",
        "(mais alguma coisa|outra pergunta|outras dúvidas)",
        "(其 他 问 题|还 有 什 么|其 他 需 要)",
        "(他 に 何 か|他 に ご|ご 不 明)",
    ),
    _LATER: ("(try|check) [back|again] ... later", "(try|check) [back] again [later|soon|in]"),
}


class Deed(StrEnum):
    """What a reply in words does about a failure, the best of it first."""

    ASKS = "asks"
    ANOTHER_WAY = "another_way"
    GIVES_UP = "gives_up"
    CLAIMS_SUCCESS = "claims_success"
    PASSES_OVER = "passes_over"


@dataclass(frozen=True, slots=True)
class Talk:
    """What the reply does, and the characters that show it, where there are any."""

    deed: Deed
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence: where its words stand, what was found in it, and whether it asks."""

    start: int
    stop: int
    cues: frozenset[str]
    asks: bool

    @property
    def is_courtesy(self) -> bool:
        """It offers help in general: nothing that has to do with the failure."""
        return _COURTESY in self.cues and not (self.asks and _OFFER in self.cues)


@cache
def _lexicon() -> Lexicon:
    return Lexicon(_CUES)


def talk(text: str, error: str) -> Talk:
    """What a reply that calls nothing does about the error that a tool returned."""
    words = read(text).words
    sentences = [sentence for sentence in _sentences(words, _lexicon().find(words)) if not sentence.is_courtesy]
    told = {cue for sentence in sentences for cue in sentence.cues}
    admits = _ADMISSION in told or (_CLAIM not in told and _echoes(words, error))
    if _CLAIM in told and not admits:
        return _shown(words, sentences, Deed.CLAIMS_SUCCESS, _CLAIM)
    if asking := next((sentence for sentence in reversed(sentences) if sentence.asks), None):
        return Talk(Deed.ASKS, words.span(asking.start, asking.stop))
    useful = [sentence for sentence in sentences if _LATER not in sentence.cues]
    if any(_OFFER in sentence.cues for sentence in useful):
        return _shown(words, useful, Deed.ANOTHER_WAY, _OFFER)
    return _shown(words, sentences, Deed.GIVES_UP, _ADMISSION) if admits else Talk(Deed.PASSES_OVER)


def _shown(words: Words, sentences: list[_Sentence], deed: Deed, cue: str) -> Talk:
    found = next((sentence for sentence in sentences if cue in sentence.cues), None)
    return Talk(deed, words.span(found.start, found.stop) if found else None)


def _sentences(words: Words, hits: tuple[Hit, ...]) -> Iterator[_Sentence]:
    tokens = words.tokens
    ends = [-1, *(place for place, token in enumerate(tokens) if token in SENTENCE_ENDS), len(tokens)]
    found: dict[int, set[str]] = {}
    sentence_of = [number for number, (after, end) in enumerate(pairwise(ends)) for _ in range(end - after)]
    for hit in hits:
        found.setdefault(sentence_of[hit.start], set()).add(hit.cue)
    for number, (after, end) in enumerate(pairwise(ends)):
        if end - after > 1:
            asks = end < len(tokens) and tokens[end] == "?"
            yield _Sentence(after + 1, min(end + 1, len(tokens)), frozenset(found.get(number, ())), asks)


_TELLING = 4  # letters of an error's word that says what went wrong
_UNTELLING = frozenset({"error", "failed", "failure", "exception", "message", "status"})


def _echoes(words: Words, error: str) -> bool:
    """Whether the reply says what went wrong in the error's own words: half of them or more."""
    telling = {token for token in split(error).tokens if len(token) >= _TELLING} - _UNTELLING
    return bool(telling) and 2 * len(telling.intersection(words.tokens)) >= len(telling)
