-- What the groups depend on beside what is said: realms, whose outcomes they are, and values that are no identifiers;
-- and what is stored of each member.
select
    md5(
        jsonb_build_array(
            'group, system, content',
            (
                select jsonb_agg(jsonb_build_array(system.key, system.realm) order by system.key)
                from system
            ),
            (
                select jsonb_agg(jsonb_build_array(flow.key, flow.source) order by flow.key)
                from flow
            ),
            (
                select jsonb_agg(ignored_reference.value order by ignored_reference.value)
                from ignored_reference
            )
        )::text
    )
