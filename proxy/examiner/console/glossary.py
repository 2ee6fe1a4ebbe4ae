"""What the words on the pages mean, in a sentence each: a page of their own, and a link to it wherever one stands.

The words are those of ARCHITECTURE.md's glossary, with what an operator meets besides. An operator's own behaviors have
no entry, and a word without one is shown as it is. Nothing here says how a route stands; the other pages do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routing.behaviors.label import Behavior
from routing.fallback import FallbackReason
from routing.traits import Slice

PATH = "/glossary"

ARMS: Mapping[str, str] = {
    "teacher": "The trusted model. It serves whatever the student may not.",
    "student": "The candidate: a smaller model distilled from the teacher, which is to take over its traffic.",
    "arm": "Teacher or student, as a request is assigned.",
    "route": "One configured rollout, chosen by the model's name that clients ask for.",
    "worker": "A process that serves callers. Where it does not hear what it may do, the teacher serves.",
    "pair": "Both arms' replies to one request, kept and compared.",
    "shadow lane": "Where requests are put to the other arm as well, for comparison, out of the callers' way.",
    "shed": "Left out of the comparison because too much was waiting. It costs evidence, and no caller anything.",
    "circuit": "Open while calls of the student fail: it is left alone for a while then, and callers get the teacher.",
}
EVIDENCE: Mapping[str, str] = {
    "behavior": "What a reply does that a user benefits from, such as refusing or asking back. Gates judge by it.",
    "slice": "What a request asks for, known before any reply. Traffic is shifted slice by slice.",
    "divergence": "One arm showed a behavior, and the other did not.",
    "lost": "A divergence: the teacher showed the behavior, and the student did not.",
    "gained": "A divergence: the student showed the behavior, and the teacher did not.",
    "severity": "How grave one divergence is, from 0 to 1, by the detectors' own marks. Gates count divergences alike.",
    "conversation": "The unit of evidence: all its turns count once, because they share their luck.",
    "rate": "The share of conversations showing the behavior in which the arms diverge, in percent.",
    "at least": "The rate is at least this, at the route's confidence, however often one looks.",
    "at most": "The rate is at most this, at the route's confidence, however often one looks.",
    "noise": "How often the teacher, asked twice, diverges from itself. A student cannot be held to less.",
}
GATES: Mapping[str, str] = {
    "gate": "The check of one behavior in one slice: it passes, holds or fails.",
    "verdict": "What a gate says: pass, hold or fail.",
    "pass": "It is certified that the rate lies below the limit.",
    "hold": "There is not enough evidence yet for either: nothing is raised, and nothing taken back.",
    "fail": "It is certified that the rate lies above the limit: what then happens is configured.",
    "critical": "A gate whose failure rolls the whole route back, and not only its slice.",
    "idle": "A gate that is judged but does not act: muted, waived, or on a dry run.",
}
ROLLOUT: Mapping[str, str] = {
    "weight": "The student's share of a slice, in percent of its requests.",
    "served": "What the student really gets of a slice: the least of ceiling, step and earned.",
    "ceiling": "The most that an operator allows, in percent: from the file, or by an order.",
    "step": "The share that the slice has climbed to on the rollout's steps, in percent.",
    "earned": "The most that the evidence allows within the risk budget, in percent.",
    "phase": "Where a rollout stands: shadow, canary, promoted, paused or rolled back.",
    "shadow": "The phase in which the student serves nobody, and is compared only.",
    "canary": "The phase in which the student serves part of the traffic and climbs by steps.",
    "promoted": "The phase after the last step.",
    "paused": "Nothing is raised until an operator resumes. Gates may still take back.",
    "rolled back": "The teacher serves everything, until an operator retries.",
    "taken back": "A gate failed, so this slice is served by the teacher again; the others go on.",
}
CONFIDENCE: Mapping[str, str] = {
    "confidence": "The calibrated chance that one reply of the student's is acceptable, from 0 to 1.",
    "acceptable": "A reply that diverges from the teacher's in no behavior whose gate acts.",
    "calibration": "What turns the student's log-probabilities into confidence, fitted to half of the conversations.",
    "threshold": "The least confidence with which a reply is served. It is certified on the other half.",
    "promise": "What share of the student's served replies may diverge, and how sure that is.",
    "coverage": "The share of replies that are as sure as a threshold, and so may be served, in percent.",
    "risk": "The share of the replies as sure as a threshold that diverge, in percent.",
    "fall back": "This one request is answered by the teacher, though it was the student's turn.",
    "audit": "A request that the student served, put to the teacher as well, to see what callers really got.",
    "view": "How much of a reply it is judged by: the whole, or the first tokens of a stream.",
}
BEHAVIORS: Mapping[str, str] = {
    Behavior.REFUSAL: "Declines the task, in full or in part.",
    Behavior.ABSTENTION: "Says that it does not or cannot know, instead of making something up.",
    Behavior.CLARIFICATION: "Asks what is meant instead of guessing.",
    Behavior.FORMAT: "Is well-formed in the form that was asked for.",
    Behavior.TOOL_CALL: "Calls the tools that the teacher calls, with arguments that fit.",
    Behavior.PLAN_REPAIR: "Changes the plan after a tool failed, rather than repeat the call or give up.",
    Behavior.HEDGING: "Voices uncertainty.",
    Behavior.SELF_CORRECTION: "Revises itself in the open.",
    Behavior.GROUNDING: "Cites or quotes the context that it was given.",
    Behavior.ANSWER: "Gives the same final answer to a task that can be checked.",
    Behavior.DEGENERATE: "Is empty, loops, or breaks off.",
}
SLICES: Mapping[str, str] = {
    Slice.GENERAL: "Is none of these: whatever is in no other slice.",
    Slice.REASONING: "Wants something concluded: puzzles, dates, orders, plans, arguments.",
    Slice.MATH: "Wants something calculated, solved or proven.",
    Slice.CODE: "Is about programs, queries, shells or markup.",
    Slice.TOOL_USE: "Offers tools, or was answered by them.",
    Slice.LONG_CONTEXT: "Has more than 16,000 characters in all its turns together.",
    Slice.STEERABILITY: "Demands a form: a response format, a length, words to use or avoid, a layout.",
    Slice.MULTILINGUAL: "Is in another language than English, or asks for a translation.",
}
FALLBACKS: Mapping[str, str] = {
    FallbackReason.INEXPRESSIBLE: "Not asked: the request names what only the teacher's server holds.",
    FallbackReason.STUDENT_ILL: "Not asked: its circuit is open, or its share is still returning.",
    FallbackReason.UNCERTIFIED: "No threshold is certified for such replies, so none may be served.",
    FallbackReason.UNPROMISING: "Not asked: by the request alone its reply would hardly be acceptable.",
    FallbackReason.CONNECT: "Its server could not be reached.",
    FallbackReason.RESET: "Its server broke the connection off.",
    FallbackReason.INVALID: "Its server's answer could not be read.",
    FallbackReason.EMPTY: "Its server answered nothing.",
    FallbackReason.ERROR_EVENT: "Its server answered with an error inside a success.",
    FallbackReason.TRUNCATED: "Its reply ended without its end.",
    FallbackReason.FIRST_TOKEN_TIMEOUT: "Its first token did not come in time.",
    FallbackReason.STALL_TIMEOUT: "Its stream stood still for too long.",
    FallbackReason.TOTAL_TIMEOUT: "Its reply was not whole in time.",
    FallbackReason.OVERLOADED: "Its server said that it cannot take more.",
    FallbackReason.HTTP_ERROR: "Its server answered with another status than success.",
    FallbackReason.HEDGED: "The teacher, started beside it, was first.",
    FallbackReason.UNSURE: "Its confidence lay below the threshold.",
    FallbackReason.NO_LOGPROBS: "It gave no log-probabilities, so nobody can say how sure it was.",
    FallbackReason.MALFORMED: "JSON or a tool call was asked for, and its reply was none.",
    FallbackReason.DEGENERATE: "Its reply said nothing, looped, or ran on until it was cut.",
    FallbackReason.LOST_BEHAVIOR: "It lost or gained a behavior whose gate does not pass.",
    FallbackReason.HOLD_FULL: "Holding its reply back would have taken more memory than it may.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A word, its ``anchor`` on the page, and what it means."""

    word: str
    anchor: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """Words that belong together; ``kind`` stands before those whose names others have as well."""

    title: str
    kind: str
    entries: tuple[Entry, ...]


def _chapter(title: str, kind: str, words: Mapping[str, str]) -> Chapter:
    def entry(word: str, meaning: str) -> Entry:
        return Entry(word.replace("_", " "), f"{kind}-{word}".strip("-").replace(" ", "-"), meaning)

    return Chapter(title, kind, tuple(entry(str(word), meaning) for word, meaning in words.items()))


CHAPTERS = (
    _chapter("Arms and traffic", "", ARMS),
    _chapter("Evidence", "", EVIDENCE),
    _chapter("Gates", "", GATES),
    _chapter("Rollout and weights", "", ROLLOUT),
    _chapter("Confidence and falling back", "", CONFIDENCE),
    _chapter("Behaviors: the reply \N{HORIZONTAL ELLIPSIS}", "behavior", BEHAVIORS),
    _chapter("Slices: the request \N{HORIZONTAL ELLIPSIS}", "slice", SLICES),
    _chapter("Why the teacher answered in the student's place", "fallback", FALLBACKS),
)
_ENTRIES: Mapping[tuple[str, str], Entry] = {
    (chapter.kind, entry.word): entry for chapter in CHAPTERS for entry in chapter.entries
}


def meaning(word: str, kind: str = "") -> Entry | None:
    """What a word means among those of its kind; None where nobody has written it down."""
    return _ENTRIES.get((kind, word.replace("_", " ")))
