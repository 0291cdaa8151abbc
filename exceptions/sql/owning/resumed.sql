-- When a case is due and when its owner is warned, if what was left of its time goes on from now.
select
    add_working_time(%(at)s, greatest(working_time_between(%(paused)s, %(due)s, %(team)s), interval '0'), %(team)s),
    add_working_time(%(at)s, greatest(working_time_between(%(paused)s, %(warn)s, %(team)s), interval '0'), %(team)s)
