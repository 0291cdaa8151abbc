create temp table if not exists plain_member (
    group_key uuid, record uuid, type text collate "C", system text collate "C", content uuid, systems bigint,
    authority boolean
) on commit delete rows;
create temp table if not exists plain_copy (
    group_key uuid, record uuid, systems bigint, authority boolean, fits boolean, status text collate "C",
    goods text collate "C", worth text collate "C", currency text collate "C", customer_key text collate "C",
    net_goods numeric, placed_at timestamptz
) on commit delete rows;
create temp table if not exists plain_group (
    group_key uuid, systems bigint, goods text collate "C", record uuid, customer_key text collate "C",
    currency text collate "C", placed_at timestamptz, net_goods numeric
) on commit delete rows;
create temp table if not exists doubtful_group (group_key uuid) on commit delete rows;
create temp table if not exists numbered_system (
    system text collate "C", bit bigint, authority boolean, warehouse boolean
) on commit delete rows;
create temp table if not exists required_reference (
    system text collate "C", type text collate "C", scheme text collate "C"
) on commit delete rows;
select empty_tables('{plain_member, plain_copy, plain_group, doubtful_group, numbered_system, required_reference}');
