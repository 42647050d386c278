"""What is handed to the store, and what comes back."""

import msgspec

from sightline.domain.report import Heartbeat, Problem, Report
from sightline.domain.value import Attachment


class Write(msgspec.Struct, frozen=True):
    """One request's worth: it is stored whole or not at all."""

    reports: list[Report] = []
    attachments: list[Attachment] = []
    heartbeats: list[Heartbeat] = []
    problems: list[Problem] = []
    actor: str | None = None
    """Who writes: the name of a key or command. Kept with every value."""
    request: str | None = None
    """Names the request, so that a whole call can be found and undone."""

    @property
    def size(self) -> int:
        """Rows that it will make in the truth."""
        values = sum(len(attachment.inference_ids) for attachment in self.attachments)
        return len(self.reports) + values + len(self.heartbeats) + len(self.problems)


class Receipt(msgspec.Struct, frozen=True):
    """What became of a write. It is on disk and can be read when this is handed out."""

    recorded: int
    """Reports that said something new."""
    replayed: int
    """Reports that were known already and changed nothing."""
    matched: list[int]
    """For each attachment: how many of its distinct ids have an inference."""
    waiting: list[int]
    """For each attachment: how many of its distinct ids have none yet; their values wait for it."""
