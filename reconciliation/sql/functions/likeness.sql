-- How alike two identifiers are, from 0 to 1: the share of the runs of three characters that both have.
create function likeness(one text, other text) returns numeric
language sql immutable strict parallel safe
begin atomic
    with runs as (
        select
            substr(concat('  ', word.said, ' '), n, 3) as run,
            word.side
        from (values (1, one), (2, other)) as word (side, said)
        cross join lateral generate_series(1, length(word.said) + 1) as n
        group by run, word.side
    ),

    shared as (
        select count(*) as sides
        from runs
        group by runs.run
    )

    select round(count(*) filter (where shared.sides = 2)::numeric / nullif(count(*), 0), 2)
    from shared;
end;
