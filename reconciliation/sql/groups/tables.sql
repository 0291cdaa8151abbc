create temp table if not exists news (record uuid) on commit delete rows;
create temp table if not exists settled (
    record uuid, type text collate "C", group_key uuid, system text collate "C", content uuid
) on commit delete rows;
create temp table if not exists moving (record uuid) on commit delete rows;
create temp table if not exists affected (record uuid) on commit delete rows;
create temp table if not exists said (
    record uuid, type text collate "C", system text collate "C", content uuid, own_realm text collate "C",
    realm text collate "C", known_system boolean
) on commit delete rows;
create temp table if not exists edge (record uuid, node text collate "C") on commit delete rows;
create temp table if not exists tie (record uuid, other uuid) on commit delete rows;
create temp table if not exists label (
    record uuid, type text collate "C", group_key uuid, attached boolean, system text collate "C", content uuid
) on commit delete rows;
create temp table if not exists dirty_group (group_key uuid) on commit delete rows;
select empty_tables('{news, settled, moving, affected, said, edge, tie, label, dirty_group}');
