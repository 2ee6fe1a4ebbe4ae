"""What tokens cost, as an operator writes it: for dashboards alone. No decision of this proxy looks at money.

Its counterparts are ``proxy.examiner.prices``, which shows them beside the tokens that they are prices of, and the
dashboard *Cost*, which multiplies the two.
"""

from __future__ import annotations

from dataclasses import dataclass

from proxy.config.hints import Price


@dataclass(frozen=True, slots=True)
class ArmPrices:
    """What a million tokens of one arm cost, in whatever currency all prices are in.

    Attributes:
        prompt: For a million tokens of prompts.
        completion: For a million tokens of replies.
    """

    prompt: Price | None = None
    completion: Price | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """What tokens cost; the dashboards' matter alone.

    Attributes:
        teacher: Of the trusted model.
        student: Of the candidate model.
    """

    teacher: ArmPrices = ArmPrices()
    student: ArmPrices = ArmPrices()
