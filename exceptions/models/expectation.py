"""What is agreed with those who send: how often records of a type come from a system."""

from django.db import models
from django.db.models.functions import Now

from exceptions.models.team import Team
from reconciliation.models import System
from reconciliation.models.fields import CodeField


class Expectation(models.Model):
    """Records of a type come from a system at least `every` so long; `hours_of`: in this team's working hours."""

    id = models.BigAutoField(primary_key=True)
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+")
    type = CodeField()
    every = models.DurationField()
    hours_of = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "expectation"
        ordering = ["system", "type"]
        constraints = [models.UniqueConstraint(fields=["system", "type"], name="expectation_once")]

    def __str__(self) -> str:
        return f"{self.type} from {self.system_id}"
