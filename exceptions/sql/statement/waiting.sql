-- What keeps a month open beside its figures, a row for each: proposals that wait, flows that are silent, deliveries of
-- the month that could not be handled, and feeds that are not read to its end.
select
    'proposals' as what,
    null as name,
    null as feed,
    count(*) as number,
    null::timestamptz as at
from proposal
where decision is null and currency = %(currency)s
having count(*) > 0
union all
select
    'silent',
    subject,
    null,
    1,
    null
from finding
where kind = 'silent_flow' and state = 'raised'
union all
select
    'deliveries',
    connection.system,
    null,
    count(*),
    null
from delivery
inner join connection on delivery.connection_id = connection.id
where delivery.handled_at is null and delivery.attempts > 0 and delivery.received_at < %(until)s
group by connection.system
union all
select
    'feeds',
    connection.system,
    feed_cursor.feed,
    1,
    feed_cursor.watermark
from feed_cursor
inner join connection on feed_cursor.connection_id = connection.id
where
    connection.paused_at is null
    and (feed_cursor.watermark is null or feed_cursor.watermark < %(until)s)
order by what, name, feed
