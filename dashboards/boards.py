"""All dashboards, in the order in which one asks: where does it stand, why, what do callers feel, what does it cost?"""

from __future__ import annotations

from dashboards.behaviors import BEHAVIORS
from dashboards.cost import COST
from dashboards.fallback import FALLBACK
from dashboards.panels import Board
from dashboards.rollout import ROLLOUT
from dashboards.shadow import SHADOW
from dashboards.traffic import TRAFFIC

BOARDS: tuple[Board, ...] = (ROLLOUT, BEHAVIORS, TRAFFIC, SHADOW, FALLBACK, COST)
