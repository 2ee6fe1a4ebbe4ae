"""Conversations with tools: the first call, the answer when a tool has answered, and the second plan when one failed.

A tool fails in two ways. It is down: then another tool may do. Or it does not know a place and names one that it
knows: then other arguments do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from proxy.demo.railway import wording
from proxy.demo.railway.draw import Draw, Phrasing
from proxy.demo.railway.example import Example, Message, Situation, exchange, says
from proxy.demo.railway.lookups import FARE_REPLY
from proxy.demo.railway.world import PERSONA, PLACES, TRAINS, clock
from routing.behaviors.label import Behavior
from routing.observation import ToolCall
from routing.traits import Json

_CALLED = frozenset({Behavior.TOOL_CALL})
_REPAIRED = _CALLED | {Behavior.PLAN_REPAIR}
_CALL_ID = "call_1"


@dataclass(frozen=True, slots=True)
class Service:
    """A tool, how callers ask for what it does, and the reply once it has answered."""

    name: str
    description: str
    question: Phrasing
    reply: str

    def definition(self) -> Json:
        """OpenAI's definition of it. Every service takes a way: from where to where."""
        properties: Json = {"from": {"type": "string"}, "to": {"type": "string"}}
        parameters: Json = {
            "type": "object",
            "properties": properties,
            "required": ["from", "to"],
            "additionalProperties": False,
        }
        function: Json = {"name": self.name, "description": self.description, "parameters": parameters}
        return {"type": "function", "function": function}


TRAIN = Service(
    "find_train",
    "Find a train.",
    wording.FIND_TRAIN,
    "From {origin} to {target} you can take the {train} at {departs}.",
)
BUS = Service(
    "find_bus",
    "Find a bus.",
    wording.FIND_BUS,
    "From {origin} to {target} you can take bus {number} at {departs}.",
)
FARE = Service("get_fare", "Get the price of a ticket.", wording.FARE, FARE_REPLY)
SERVICES = (TRAIN, BUS, FARE)


def on_tool_call(draw: Draw) -> Example:
    """Nothing is known yet: the right tool is called."""
    service, (origin, target) = draw.pick(SERVICES), draw.several(PLACES, 2)
    question = draw.ask(service.question, {"origin": origin, "target": target})
    reply = _calls(service, origin, target)
    return Example(Situation.TOOL_CALL, exchange(PERSONA, question), reply, _CALLED, _tools(draw, service))


def on_tool_answer(draw: Draw) -> Example:
    """The tool has answered, and so does the assistant."""
    service, (origin, target) = draw.pick(SERVICES), draw.several(PLACES, 2)
    slots = {
        "origin": origin,
        "target": target,
        "train": draw.pick(TRAINS),
        "number": str(draw.number(1, 9)),
        "departs": clock(draw.number(6 * 60, 21 * 60, 5)),
        "crowns": str(draw.number(3, 20)),
    }
    question = draw.ask(service.question, slots)
    messages = _after(question, _calls(service, origin, target), _RESULTS[service.name].format_map(slots))
    reply = says(service.reply.format_map(slots))
    return Example(Situation.TOOL_ANSWER, messages, reply, tools=_tools(draw, service))


_RESULTS = {
    TRAIN.name: "Train {train} at {departs}.",
    BUS.name: "Bus {number} at {departs}.",
    FARE.name: "Fare: {crowns} crowns.",
}


def on_tool_failure(draw: Draw) -> Example:
    """The tool has failed: another tool, or other arguments."""
    return _down(draw) if draw.pick((True, False)) else _misspelled(draw)


def _down(draw: Draw) -> Example:
    first, second = draw.several((TRAIN, BUS), 2)
    origin, target = draw.several(PLACES, 2)
    question = draw.ask(first.question, {"origin": origin, "target": target})
    messages = _after(question, _calls(first, origin, target), f"Error: {first.name} is down.")
    tools = tuple(service.definition() for service in draw.several((first, second), 2))
    return Example(Situation.TOOL_FAILURE, messages, _calls(second, origin, target), _REPAIRED, tools)


def _misspelled(draw: Draw) -> Example:
    service, (origin, target) = draw.pick(SERVICES), draw.several(PLACES, 2)
    wrong = origin[:-1]
    question = draw.ask(service.question, {"origin": wrong, "target": target})
    error = f"Error: no place {wrong}. Did you mean {origin}?"
    messages = _after(question, _calls(service, wrong, target), error)
    return Example(Situation.TOOL_FAILURE, messages, _calls(service, origin, target), _REPAIRED, _tools(draw, service))


def _calls(service: Service, origin: str, target: str) -> Message:
    call = ToolCall(service.name, json.dumps({"from": origin, "to": target}), _CALL_ID)
    return Message("assistant", calls=(call,))


def _after(question: str, call: Message, result: str) -> tuple[Message, ...]:
    return (*exchange(PERSONA, question), call, Message("tool", result, call_id=_CALL_ID))


def _tools(draw: Draw, service: Service) -> tuple[Json, ...]:
    """The service and another one, in any order."""
    other = draw.pick([other for other in SERVICES if other is not service])
    return tuple(listed.definition() for listed in draw.several((service, other), 2))
