create temp table if not exists claim_credit (
    record uuid, system text collate "C", id text collate "C", content uuid, changed_at timestamptz,
    realm text collate "C", issued_at timestamptz, currency text collate "C", reason text collate "C",
    customer_id text collate "C", customer_key text collate "C", authority boolean
) on commit delete rows;
create temp table if not exists customer_in_scope (customer_key text collate "C") on commit delete rows;
create temp table if not exists credit_in_scope (content uuid) on commit delete rows;
create temp table if not exists order_in_scope (content uuid) on commit delete rows;
create temp table if not exists claim_line (
    record uuid, system text collate "C", id text collate "C", realm text collate "C", issued_at timestamptz,
    changed_at timestamptz, currency text collate "C", customer_id text collate "C", customer_key text collate "C",
    position integer, sku text collate "C", sku_key text collate "C", quantity numeric, price numeric, net numeric,
    before_history boolean
) on commit delete rows;
create temp table if not exists sale_line (
    record uuid, system text collate "C", id text collate "C", realm text collate "C", placed_at timestamptz,
    currency text collate "C", customer_key text collate "C", position integer, sku_key text collate "C",
    quantity numeric, price numeric
) on commit delete rows;
create temp table if not exists claim_tier (
    record uuid, position integer, tier text collate "C", sales bigint, largest numeric, nearest_price numeric,
    sale text collate "C", sale_record uuid, sale_position integer, runner_up_record uuid, runner_up_position integer
) on commit delete rows;
create temp table if not exists unsupported_line (
    like claim_line, tier text collate "C", largest numeric, nearest_price numeric, sale text collate "C"
) on commit delete rows;
create temp table if not exists matched (like credit_match) on commit delete rows;
create index if not exists claim_line_key on claim_line (customer_key, sku_key);
create index if not exists claim_line_record on claim_line (record, position);
create index if not exists sale_line_key on sale_line (customer_key, sku_key);
create index if not exists claim_tier_record on claim_tier (record, position);
select empty_tables('{
    customer_in_scope, credit_in_scope, order_in_scope, claim_credit, claim_line, sale_line, claim_tier,
    unsupported_line, matched
}');
