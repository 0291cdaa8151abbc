"""Which case a change in an outside system is made for."""

import json

from django.db import models

from connectors.models import Outbox
from connectors.writing import Planned, planned_again
from exceptions.models.case import ExceptionCase
from reconciliation.models.fields import CodeField


class WriteBack(models.Model):
    """A change in the outbox that a case's resolution asked for; one for each version of the case at most."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(ExceptionCase, on_delete=models.PROTECT, related_name="writes")
    version = models.BigIntegerField()
    resolution = CodeField()
    change = models.OneToOneField(Outbox, on_delete=models.PROTECT, related_name="write_back")

    class Meta:
        db_table = "write_back"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="write_back_once")]

    @property
    def state(self) -> str:
        """What became of it, in words."""
        if self.change.given_up_at:
            return "not known: nobody asks any more"
        return STATES[self.change.state]

    @property
    def planned(self) -> Planned:
        """What was planned, as it was shown."""
        return planned_again(self.change.payload)

    @property
    def answer(self) -> str:
        """What the vendor said, as it is shown."""
        return json.dumps(self.change.answer, indent=2, ensure_ascii=False)


STATES = {
    "planned": "waits to be sent",
    "sending": "is being sent",
    "unknown": "sent; the answer is not known yet",
    "done": "done",
    "refused": "refused",
    "withdrawn": "taken back before it was sent",
}
