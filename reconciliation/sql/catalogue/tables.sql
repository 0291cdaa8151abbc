create temp table if not exists catalogue (
    system text collate "C", id text collate "C", record uuid, raw_sku text collate "C", sku text collate "C",
    base_sku text collate "C", active boolean, pack_size numeric, changed_at timestamptz
) on commit delete rows;
create temp table if not exists official_sku (
    sku text collate "C", base_sku text collate "C", pack_size numeric
) on commit delete rows;
create temp table if not exists stock_now (
    system text collate "C", sku text collate "C", quantity numeric, level_at timestamptz, changed_at timestamptz
) on commit delete rows;
create temp table if not exists product_in_scope (like product) on commit delete rows;
create temp table if not exists suspect_sku (
    flow text collate "C", system text collate "C", sold boolean, raw_sku text collate "C", sku text collate "C",
    base_sku text collate "C", in_target boolean, changed_at timestamptz, source_sends boolean
) on commit delete rows;
create temp table if not exists closest_sku (
    flow text collate "C", sku text collate "C", candidate text collate "C", why text, place bigint
) on commit delete rows;
create temp table if not exists swallowed (
    flow text collate "C", kind text collate "C", subject text collate "C", amount numeric, currency text collate "C"
) on commit delete rows;
select empty_tables('{product_in_scope, catalogue, official_sku, stock_now, suspect_sku, closest_sku, swallowed}');
