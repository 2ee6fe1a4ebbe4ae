"""Webhooks of a rollout, as a route declares them, in the words of Flagger.

Declarations and their check only; the examiner's ``webhooks`` calls them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from proxy.config.hints import Count, Text, Timeout, WebhookUrl
from proxy.config.problems import Finding, Path, quoted

MOST = 16
"""How many webhooks a route may have: those that confirm are asked one after the other, before every raise."""
MOST_RETRIES = 10
"""How often one of them may be asked again; a hook that needs more is asked at the next raise anyway."""

WebhookType = Literal["confirm-traffic-increase", "confirm-promotion", "rollback", "event"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """A server of the operator's that is asked before the student's share rises, or told what happened.

    Attributes:
        name: What messages call it.
        type: Asked before a weight rises (confirm-traffic-increase) or the route is promoted (confirm-promotion), asked
            whether to roll back (rollback), or told of every event (event). A status from 200 to 299 is a yes.
        url: Where the JSON is posted.
        timeout: How long an answer may take.
        retries: How many more times it is asked when it does not answer, or with a status of 500 or more.
        metadata: What is posted along, as it stands here.
    """

    name: Text
    type: WebhookType
    url: WebhookUrl
    timeout: Timeout = 10.0
    retries: Count = 1
    metadata: Mapping[Text, Text] = field(default_factory=dict)


def findings(here: Path, hooks: Sequence[Webhook]) -> Iterator[Finding]:
    """What is wrong with a route's webhooks; ``here`` is their path."""
    if len(hooks) > MOST:
        yield Finding(here, "", f"are {len(hooks)}, more than the limit of {MOST}", "let one server ask the others")
    counts = Counter(hook.name for hook in hooks)
    for position, hook in enumerate(hooks):
        where = (*here, f"[{position}]")
        if hook.name and counts[hook.name] > 1:
            yield Finding((*where, "name"), quoted(hook.name), "names another webhook too", "choose another name")
        if hook.retries > MOST_RETRIES:
            why = f"is more than the limit of {MOST_RETRIES}"
            yield Finding((*where, "retries"), str(hook.retries), why, "leave more patience to its own server")
