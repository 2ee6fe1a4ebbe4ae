"""Behaviors of the operator's own, as a route declares them: a pattern, a JSON Schema, or a judge with a prompt.

Declarations only. What they must satisfy beyond single keys is in ``own_rules``; what they do is in the examiner's
``own_behaviors`` and ``judging``.
"""

from __future__ import annotations

from dataclasses import dataclass

from proxy.config.hints import (
    BehaviorName,
    EnvName,
    Free,
    Positive,
    Prose,
    RegularExpression,
    Text,
    Timeout,
    Url,
)


@dataclass(frozen=True, slots=True)
class Judge:
    """A third model that says of each reply whether it shows the behavior.

    Attributes:
        base_url: Where the API of its server starts, usually ending in /v1; any OpenAI-compatible one.
        model: The judge's model name.
        prompt: What the behavior is, in words the judge can decide by.
        api_key_env: The environment variable that holds its API key.
        budget_per_hour: How many questions it may be asked in any hour; pairs beyond it stay unjudged.
        timeout: How long a question may wait for its turn, and how long the judge may then take.
        concurrency: How many questions may be under way at once.
        allow_contestant: Let one of the two models under comparison judge itself.
    """

    base_url: Url
    model: Text
    prompt: Prose
    api_key_env: EnvName | None = None
    budget_per_hour: Positive = 100
    timeout: Timeout = 30.0
    concurrency: Positive = 4
    allow_contestant: bool = False


@dataclass(frozen=True, slots=True)
class OwnBehavior:
    """A behavior of the operator's own, found in exactly one of three ways.

    Attributes:
        name: What gates, metrics and pairs call it.
        pattern: A regular expression in RE2's syntax; a reply whose text it matches anywhere shows the behavior.
        schema: A JSON Schema; a reply that is JSON and fits it shows the behavior.
        judge: A third model that is asked.
    """

    name: BehaviorName
    pattern: RegularExpression | None = None
    schema: Free | None = None
    judge: Judge | None = None
