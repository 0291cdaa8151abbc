"""What runs by the clock, and how often."""

from datetime import datetime
from typing import Any

from celery.schedules import schedstate, schedule

DAY = 24 * 3600

EVERY_SO_MANY_SECONDS = {
    "exceptions.tasks.reconcile_changes": 15,
    "exceptions.tasks.pull_due": 15,
    "exceptions.tasks.handle_due": 5,
    "exceptions.tasks.write_due": 5,
    "exceptions.tasks.end_due": 15,
    "exceptions.tasks.seal_trail": 60,
    "exceptions.tasks.fly_canaries": 600,
    "exceptions.tasks.tell_of_late": 300,
    "exceptions.tasks.tell": 15,
    "exceptions.tasks.send_due": 15,
    "exceptions.tasks.digest": 300,
    "exceptions.tasks.keep_checklists": 300,
    "exceptions.tasks.keep_homes": 60,
    "exceptions.tasks.keep_charts": 600,
    "exceptions.tasks.look_after_connections": DAY // 4,
    "exceptions.tasks.forget_old": DAY,
    "exceptions.tasks.forget_old_payloads": DAY,
    "exceptions.tasks.forget_old_deliveries": DAY,
}


class Every(schedule):
    """A span of time that goes on where the clock has gone back.

    Celery waits until the clock reaches the last run again, and then the span; here what ran in the future is due.
    """

    def is_due(self, last_run_at: datetime) -> Any:
        """Whether it is due, and in how many seconds to ask again."""
        if self.maybe_make_aware(last_run_at) > self.now():
            return schedstate(is_due=True, next=self.seconds)
        return super().is_due(last_run_at)


def timetable() -> dict[str, dict[str, Any]]:
    """The schedule of Celery's beat; what waited longer than to the next beat has nothing left to do."""
    return {
        task: {"task": task, "schedule": Every(seconds)}
        | ({"options": {"expires": seconds}} if seconds < DAY // 4 else {})
        for task, seconds in EVERY_SO_MANY_SECONDS.items()
    }
