"""What a teacher and a student say in the examiner's benchmark: requests of some 1.5 kB and replies of 2 kB.

Everything is drawn with a seed of its own, so that two runs compare the same. A reply is prose of which some sentences
hedge, decline, ask back, count or cite; some replies are JSON, lists, code or tool calls. The student mostly does what
the teacher does, in other words. It is nobody's traffic: what detectors *cost* hangs on length and kind, and how good
they are is measured elsewhere (``measuring``).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

REPLY = 2000  # characters of a reply, roughly
_TOKEN = 4  # characters of a token
_LIKE = 0.85  # how often the student's reply is of the teacher's kind

_PLACES = ("Basel", "the north depot", "gate 4", "Lindenstrasse", "the returns desk", "warehouse B", "Porto", "line 12")
_THINGS = ("the parcel", "your booking", "the invoice", "this subscription", "the router", "a second coach", "the form")
_PROSE = (
    "{thing} left {place} at {hour}:{minute:02d} and should arrive within {count} days",
    "the usual reason is that {thing} was entered under another name, which the office in {place} can correct",
    "open the settings, choose the third entry, and confirm with the code that was sent to you",
    "in most cases {thing} can be changed free of charge until {hour} o'clock on the day before",
    "we charge {count} euros for each additional day, which is credited when {thing} comes back in time",
    "the department in {place} keeps a record of every step, so nothing is lost while you wait",
    "compare both offers by their total price, since the cheaper one often leaves out the delivery to {place}",
    "according to the schedule, {count} trains an hour stop at {place}, the last of them at {hour}:{minute:02d}",
    "please keep the receipt, because {thing} is only exchanged together with it",
    "that depends on where {thing} was bought: shops in {place} have rules of their own",
    "a longer explanation is in the second chapter of the handbook, under the heading about {thing}",
    "if the light stays red for more than {count} seconds, unplug it and plug it in again",
)
_SIGNS = {
    "plain": ("Here is what to do.", "Certainly, that is quickly done."),
    "hedged": ("I think this may be the case, but I am not entirely sure.", "It might perhaps be worth a try."),
    "refused": ("I'm sorry, but I can't help with that.", "I cannot assist with this request, unfortunately."),
    "unknown": ("I don't know which of them it was.", "There is no information about that available to me."),
    "asked": ("Which of the two bookings do you mean?", "Could you tell me the number of the order first?"),
    "corrected": ("Wait, that is wrong: it is the other platform.", "Actually, let me correct myself here."),
    "counted": ("In all that makes {count} times {hour}, so the answer is {total}.",),
    "cited": ('As the handbook says, "please keep the receipt" [1].', "See the second chapter [2]."),
}
_FORMS = ("json", "list", "code", "call")
_WEIGHTS = (30, 12, 5, 5, 8, 5, 10, 8, 8, 5, 2, 6)
KINDS = (*_SIGNS, *_FORMS)
_TOOL = {
    "name": "find_booking",
    "description": "Finds a booking by its number.",
    "parameters": {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]},
}
_SCHEMA = {"type": "object", "required": ["place", "lines"], "properties": {"lines": {"type": "array"}}}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, what the teacher answered, and what the student will; ``stream`` is how both answer."""

    request: bytes
    teacher: bytes
    student: bytes
    stream: bool

    @property
    def content_type(self) -> str:
        """Of both replies."""
        return "text/event-stream" if self.stream else "application/json"


def exchanges(count: int, seed: int) -> list[Exchange]:
    """That many, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 -- a draw, not a secret
    return [_exchange(rng, number) for number in range(count)]


def _exchange(rng: random.Random, number: int) -> Exchange:
    kind, stream = rng.choices(KINDS, _WEIGHTS)[0], rng.random() < 0.3  # noqa: PLR2004 -- three in ten stream
    other = kind if rng.random() < _LIKE else rng.choices(KINDS, _WEIGHTS)[0]
    asked = {"model": "m", "stream": stream, "messages": list(_turns(rng, kind)), "x_number": number, **_asked(kind)}
    teacher, student = (_reply(rng, which, stream=stream) for which in (kind, other))
    return Exchange(json.dumps(asked).encode(), teacher, student, stream)


def with_logprobs(reply: bytes, *, stream: bool) -> bytes:
    """The reply as a server gives it that was asked for log-probabilities: of each token, and of five alternatives."""
    if not stream:
        return _told(reply, "message")
    events = reply.split(b"\n\n")
    return b"\n\n".join(b"data: " + _told(one[6:], "delta") if one.startswith(b"data: {") else one for one in events)


def _told(data: bytes, where: str) -> bytes:
    document = json.loads(data)
    for choice in document["choices"]:
        text = choice[where].get("content")
        tokens = [text[start : start + _TOKEN] for start in range(0, len(text), _TOKEN)] if text else []
        choice["logprobs"] = {"content": [_entry(token) for token in tokens]} if tokens else None
    return json.dumps(document).encode()


def _entry(token: str) -> dict[str, object]:
    top = [{"token": token, "logprob": -0.0625 - 1.75 * place, "bytes": list(token.encode())} for place in range(5)]
    return {**top[0], "top_logprobs": top}


def _turns(rng: random.Random, kind: str) -> Iterator[dict[str, str]]:
    yield {"role": "system", "content": f"You are the assistant of a travel office. {_prose(rng, 500)}"}
    yield {"role": "user", "content": f"{_prose(rng, 400)} Can you help?"}
    yield {"role": "assistant", "content": _prose(rng, 300)}
    wish = {"json": "Answer in JSON.", "list": "Give exactly 5 bullet points.", "counted": "How much is 7 * 12?"}
    yield {"role": "user", "content": f"{_prose(rng, 250)} {wish.get(kind, 'What should I do now?')}"}


def _asked(kind: str) -> dict[str, object]:
    if kind == "call":
        return {"tools": [{"type": "function", "function": _TOOL}]}
    if kind == "json":
        return {"response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": _SCHEMA}}}
    return {}


def _prose(rng: random.Random, length: int, signs: tuple[str, ...] = ()) -> str:
    sentences: list[str] = []
    while sum(map(len, sentences)) < length:
        chosen = rng.choice(signs) if signs and rng.random() < 0.1 else rng.choice(_PROSE)  # noqa: PLR2004 -- a tenth
        filled = _filled(rng, chosen)
        sentences.append(f"{filled[0].upper()}{filled[1:]}{'' if filled[-1] in '.?!' else '.'}")
    return " ".join(sentences)


def _filled(rng: random.Random, sentence: str) -> str:
    count, hour = rng.randrange(2, 90), rng.randrange(1, 24)
    place, thing = rng.choice(_PLACES), rng.choice(_THINGS)
    minute = rng.randrange(60)
    return sentence.format(thing=thing, place=place, hour=hour, minute=minute, count=count, total=count * hour)


def _text(rng: random.Random, kind: str) -> str:
    if kind == "json":
        return json.dumps({"place": rng.choice(_PLACES), "lines": [_prose(rng, 150) for _ in range(REPLY // 170)]})
    if kind == "list":
        return "\n".join(f"- {_prose(rng, REPLY // 5)}" for _ in range(5))
    if kind == "code":
        lines = [f"    total += price_of({n}) * {rng.randrange(9)}" for n in range(30)]
        return f"{_prose(rng, 700)}\n\n```python\ndef cost(total=0):\n{chr(10).join(lines)}\n    return total\n```"
    signs = _SIGNS.get(kind, ())
    opening = _filled(rng, rng.choice(signs)) if signs else ""
    return f"{opening} {_prose(rng, REPLY - len(opening), signs)}".strip()


def _reply(rng: random.Random, kind: str, *, stream: bool) -> bytes:
    if kind == "call":
        arguments = json.dumps({"number": rng.randrange(10**6)})
        call = {"index": 0, "id": "call_1", "type": "function"}
        message: dict[str, object] = {
            "tool_calls": [call | {"function": {"name": _TOOL["name"], "arguments": arguments}}]
        }
        return _events([message], "tool_calls") if stream else _whole(message, "tool_calls")
    text = _text(rng, kind)
    if not stream:
        return _whole({"content": text}, "stop")
    return _events([{"content": text[start : start + 20]} for start in range(0, len(text), 20)], "stop")


_USAGE = {"prompt_tokens": 380, "completion_tokens": 450, "total_tokens": 830}
_HEAD = {"id": "chatcmpl-1", "created": 1_790_000_000, "model": "m"}


def _whole(message: dict[str, object], reason: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": None, **message}, "finish_reason": reason}
    return json.dumps({**_HEAD, "object": "chat.completion", "choices": [choice], "usage": _USAGE}).encode()


def _events(deltas: list[dict[str, object]], reason: str) -> bytes:
    """A stream, five tokens to an event."""
    chunk = {**_HEAD, "object": "chat.completion.chunk"}
    choices: list[dict[str, object]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": reason})
    documents = [json.dumps({**chunk, "choices": [choice]}) for choice in choices]
    documents += [json.dumps({**chunk, "choices": [], "usage": _USAGE}), "[DONE]"]
    return "".join(f"data: {document}\n\n" for document in documents).encode()
