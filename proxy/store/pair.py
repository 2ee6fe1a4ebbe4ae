"""What the store gives out, and the API and the CLI show.

A pair is both arms' replies to one request; a cell the accumulated trials of one behavior.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.behaviors.label import Label
from routing.divergence import Trial


@dataclass(frozen=True, slots=True)
class Reply:
    """One arm's reply. ``body`` is what came over the wire after decompression; "" and b"" where privacy withheld it.

    Times are seconds; ``failure`` is a ``routing.observation.Failure`` value or "".
    """

    status: int
    failure: str
    content_type: str
    body: bytes
    text: str
    finish_reason: str
    first_token: float | None
    total: float
    prompt_tokens: int | None
    completion_tokens: int | None
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Both arms' replies to one request. ``started`` is Unix seconds; ``conversation`` is a digest, never text.

    ``noise`` is a second reply of the teacher, where one was sampled, and ``noise_trials`` the teacher compared with
    itself. ``privacy`` says what was kept: ``full``, ``redacted`` or ``digest``. ``served`` is the arm whose reply the
    caller got: the ``teacher``, and the student was mirrored; or the ``student``, and the teacher was asked to audit
    it. ``fallback`` says why the teacher answered in the student's place (of ``routing.fallback``), and is ""
    where it did not. ``epoch`` is what the pair is evidence about: these two models, compared so.
    """

    id: str
    route: str
    endpoint: str
    slice: str
    started: float
    conversation: str
    request: bytes
    teacher: Reply
    student: Reply
    trials: tuple[Trial, ...]
    noise: Reply | None = None
    noise_trials: tuple[Trial, ...] = ()
    privacy: str = "full"
    traceparent: str = ""
    epoch: str = ""
    served: str = "teacher"
    fallback: str = ""

    @property
    def diverged(self) -> bool:
        """Whether the student diverged in any behavior. The teacher's divergence from itself is not the student's."""
        return any(trial.diverged for trial in self.trials)


@dataclass(frozen=True, slots=True)
class Cell:
    """Trials and divergences of one behavior in one slice and direction, of the student and of the noise floor."""

    slice: str
    behavior: str
    direction: str
    trials: int
    diverged: int
    noise_trials: int = 0
    noise_diverged: int = 0
