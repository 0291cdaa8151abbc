-- Of what a system sent of a type, the quarters of an hour that lie long before the newest: no gap is learned of them.
delete from arrival
using (
    select
        type,
        system,
        max(since) as since
    from arrival
    group by type, system
) as newest
where
    arrival.type = newest.type
    and arrival.system = newest.system
    and arrival.since < newest.since - interval '60 days'
