"""Webhooks of a rollout, from YAML to values, and what is refused."""

from __future__ import annotations

import pytest

from proxy.config.effective import effective
from proxy.config.parse import parse
from proxy.config.webhook import MOST, MOST_RETRIES, Webhook
from proxy.errors import ConfigError

ROUTE = """routes:
  x:
    models: ["*"]
    teacher: {base_url: http://t}
    student: {base_url: http://s, model: m}
    rollout:
      webhooks:
"""
GATE = "        - {name: gate, type: confirm-promotion, url: https://gate.example/check/EXTRA}\n"


def read(hooks: str) -> tuple[Webhook, ...]:
    """The webhooks that a file with these lines has."""
    return parse(ROUTE + hooks, "t").config.routes["x"].rollout.webhooks


def refusals(hooks: str) -> dict[str, str]:
    """What is wrong with them, by key."""
    with pytest.raises(ConfigError) as caught:
        read(hooks)
    return {p.key.removeprefix("routes.x.rollout."): f"{p.why}; {p.remedy}" for p in caught.value.problems}


def test_a_webhook_is_read_with_its_defaults() -> None:
    """As Flagger has it: ten seconds and one more try; and the URL to the letter, its last slash included."""
    assert read(GATE.replace("EXTRA", "")) == (Webhook("gate", "confirm-promotion", "https://gate.example/check/"),)


def test_all_of_a_webhook_can_be_said() -> None:
    """What is posted along is the operator's own words."""
    extra = ", timeout: 2s, retries: 0, metadata: {team: support, 'to whom': \"7\"}"
    (hook,) = read(GATE.replace("EXTRA", extra))
    assert (hook.timeout, hook.retries, hook.metadata) == (2.0, 0, {"team": "support", "to whom": "7"})


def test_what_is_printed_can_be_read_back() -> None:
    """The effective configuration is one."""
    loaded = parse(ROUTE + GATE.replace("EXTRA", ", metadata: {team: support}"), "t").config
    again = parse(effective(loaded), "t").config
    assert again.routes["x"].rollout == loaded.routes["x"].rollout


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://gate.example", "is not an http or https URL"),
        ("gate.example/check", "is not an http or https URL"),
        ("https://ana:secret@gate.example", "carries credentials"),
        ("https://gate.example?token=secret", "has a query"),
    ],
)
def test_a_url_that_cannot_be_called_or_holds_a_secret_is_refused(url: str, why: str) -> None:
    """And is not repeated where it may be one."""
    found = refusals(f'        - {{name: gate, type: event, url: "{url}"}}\n')["webhooks[0].url"]
    assert why in found
    assert "secret" not in found


def test_two_webhooks_of_one_name_are_refused() -> None:
    """A message that names one must not mean either."""
    found = refusals(GATE.replace("EXTRA", "") * 2)
    assert found == dict.fromkeys(
        ("webhooks[0].name", "webhooks[1].name"), "names another webhook too; choose another name"
    )


def test_a_type_of_flaggers_that_we_do_not_have_is_refused_with_those_we_have() -> None:
    """A pre-rollout hook that is never called would be worse than none."""
    found = refusals("        - {name: gate, type: pre-rollout, url: http://gate}\n")
    assert "confirm-traffic-increase" in found["webhooks[0].type"]


def test_there_is_an_end_to_webhooks_and_to_their_patience() -> None:
    """They are asked one after the other, and a raise waits for them."""
    many = "".join(GATE.replace("name: gate", f"name: g{n}").replace("EXTRA", "") for n in range(MOST + 1))
    assert f"more than the limit of {MOST}" in refusals(many)["webhooks"]
    patient = GATE.replace("EXTRA", f", retries: {MOST_RETRIES + 1}")
    assert f"more than the limit of {MOST_RETRIES}" in refusals(patient)["webhooks[0].retries"]


@pytest.mark.parametrize("metadata", ["{n: 7}", "[a]", "{n: {m: a}}"])
def test_metadata_is_text_by_name(metadata: str) -> None:
    """Flagger's is, so a server in a typed language reads nothing else."""
    assert refusals(GATE.replace("EXTRA", f", metadata: {metadata}"))
