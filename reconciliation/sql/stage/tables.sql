-- What the systems say of the groups in scope as of the run's moment, in base quantities and canonical words.
-- The tables live as long as the connection and are empty at the start of each slice.
create temp table if not exists scope_group (group_key uuid primary key) on commit delete rows;
create temp table if not exists scope_member (
    record uuid, type text collate "C", group_key uuid, attached boolean
) on commit delete rows;
create temp table if not exists leg (
    flow text collate "C", record text collate "C", source text collate "C", target text collate "C",
    target_kind text collate "C",
    source_name text,
    target_name text,
    cadence interval,
    grace interval,
    within interval,
    compare text[] collate "C", tolerance_amount numeric, tolerance_quantity numeric, same jsonb, only_these jsonb
) on commit delete rows;
create temp table if not exists current_record (
    group_key uuid, record uuid, type text collate "C", system text collate "C", id text collate "C",
    realm text collate "C", at timestamptz, changed_at timestamptz, content uuid
) on commit delete rows;
create temp table if not exists current_reference (
    group_key uuid, record uuid, scheme text collate "C", norm text collate "C", value text collate "C"
) on commit delete rows;
create temp table if not exists used_sku (system text collate "C", sku text collate "C") on commit delete rows;
create temp table if not exists resolved_sku (
    system text collate "C", raw_sku text collate "C", sku text collate "C", base_sku text collate "C",
    pack_size numeric, catalogue_pack numeric, official_pack numeric
) on commit delete rows;
create temp table if not exists current_line (
    group_key uuid, record uuid, type text collate "C", position integer, line_id text collate "C",
    raw_sku text collate "C", sku text collate "C", uom text collate "C", stated_pack numeric, pack_size numeric,
    quantity numeric, net numeric, received numeric, accepted numeric, unit_refund numeric,
    reason text collate "C", disposition text collate "C"
) on commit delete rows;
create temp table if not exists repeated_item (record uuid, sku text collate "C") on commit delete rows;
create temp table if not exists current_item (
    group_key uuid, record uuid, sku text collate "C", quantity numeric, net numeric, priced numeric, price numeric,
    low numeric, high numeric
) on commit delete rows;
create temp table if not exists current_order (
    group_key uuid, record uuid, system text collate "C", system_kind text collate "C", id text collate "C",
    realm text collate "C", at timestamptz, changed_at timestamptz, content uuid, authority boolean,
    raw_status text collate "C", status text collate "C", live boolean, channel text collate "C",
    customer_id text collate "C", customer_key text collate "C", method text collate "C",
    payment_status text collate "C", hold text, currency text collate "C", net_goods numeric, discount numeric,
    placed_at timestamptz, has_ship_to boolean, has_lines boolean, goods text collate "C", worth text collate "C"
) on commit delete rows;
create temp table if not exists group_order (like current_order) on commit delete rows;
create temp table if not exists current_fulfilment (
    group_key uuid, record uuid, system text collate "C", id text collate "C", changed_at timestamptz,
    status text collate "C", shipped_at timestamptz, dispatched boolean
) on commit delete rows;
create temp table if not exists dispatched_item (
    group_key uuid, sku text collate "C", quantity numeric
) on commit delete rows;
create temp table if not exists current_return (
    group_key uuid, record uuid, system text collate "C", id text collate "C", realm text collate "C",
    at timestamptz, changed_at timestamptz, content uuid, portal boolean, rma text collate "C",
    raw_status text collate "C", status text collate "C", live boolean, rejection_reason text collate "C",
    resolution text collate "C", currency text collate "C", requested_at timestamptz, received_at timestamptz,
    aged_from timestamptz, inspected_at timestamptz, refund_amount numeric, fees numeric,
    customer_id text collate "C", customer_key text collate "C", speaks boolean
) on commit delete rows;
create temp table if not exists current_credit (
    group_key uuid, record uuid, system text collate "C", id text collate "C", realm text collate "C",
    changed_at timestamptz, document text collate "C", authority boolean, kind text collate "C",
    status text collate "C", live boolean, issued_at timestamptz, reason text collate "C", settled boolean,
    currency text collate "C", net_goods numeric, customer_id text collate "C", customer_key text collate "C",
    in_scope boolean, speaks boolean
) on commit delete rows;
create temp table if not exists credit_reference (
    document text collate "C", realm text collate "C", scheme text collate "C", norm text collate "C"
) on commit delete rows;
create temp table if not exists return_expectation (
    return_record uuid, group_key uuid, expected numeric, low numeric, high numeric, currency text collate "C"
) on commit delete rows;
create temp table if not exists last_outcome (
    group_key uuid, about uuid, about_type text collate "C", about_system text collate "C",
    about_id text collate "C", flow text collate "C", target text collate "C", outcome text collate "C",
    at timestamptz, result text collate "C", error_code text collate "C", error_message text,
    target_id text collate "C", rma text collate "C"
) on commit delete rows;
create temp table if not exists order_copy (
    flow text collate "C", group_key uuid, side text collate "C", record uuid, live boolean, placed_at timestamptz,
    id text collate "C", has_lines boolean, changed_at timestamptz, currency text collate "C",
    goods text collate "C", worth text collate "C"
) on commit delete rows;
create temp table if not exists order_side (
    flow text collate "C", group_key uuid, side text collate "C", copies bigint, live_copies bigint,
    named uuid, named_live uuid, has_lines boolean, changed_at timestamptz, goods text collate "C",
    worth text collate "C"
) on commit delete rows;
create temp table if not exists absent_order (
    flow text collate "C", group_key uuid, record uuid, system text collate "C", id text collate "C",
    source_name text, target text collate "C", target_name text, placed_at timestamptz, grace interval,
    net_goods numeric, currency text collate "C", to_warehouse boolean, method text collate "C", held boolean,
    result text collate "C", error_code text collate "C", error_message text, outcome_at timestamptz, fed boolean
) on commit delete rows;
create temp table if not exists pack_of_sku (
    group_key uuid, system text collate "C", sku text collate "C", pack_size numeric
) on commit delete rows;
create temp table if not exists quantity_difference (
    flow text collate "C", source text collate "C", target text collate "C", source_name text, target_name text,
    grace interval, group_key uuid, sku text collate "C", source_quantity numeric, target_quantity numeric,
    source_record uuid, target_record uuid, changed_at timestamptz, packed boolean
) on commit delete rows;
create temp table if not exists return_settlement (
    record uuid, group_key uuid, system text collate "C", id text collate "C", status text collate "C",
    resolution text collate "C", aged_from timestamptz, changed_at timestamptz, expected numeric, low numeric,
    high numeric, currency text collate "C", tolerance numeric, within interval, documents bigint, credited numeric,
    currencies text[] collate "C", latest uuid, credits_changed_at timestamptz
) on commit delete rows;
create temp table if not exists current_movement (
    group_key uuid, record uuid, system text collate "C", id text collate "C", at timestamptz, sku text collate "C",
    quantity numeric, condition text collate "C", reason text collate "C", rma text collate "C"
) on commit delete rows;
create temp table if not exists return_inspection (
    record uuid, inspected_at timestamptz, states_inspections boolean, states_dispositions boolean
) on commit delete rows;
create temp table if not exists restocked_item (
    group_key uuid, record uuid, sku text collate "C", inspected_at timestamptz, accepted numeric, restocked numeric,
    latest uuid
) on commit delete rows;
create temp table if not exists practice (
    system text collate "C", practice text collate "C", records uuid[]
) on commit delete rows;
create temp table if not exists first_order (placed_at timestamptz) on commit delete rows;
create temp table if not exists dispatch_feed (known boolean) on commit delete rows;
create temp table if not exists silent (
    flow text collate "C", last_outcome_at timestamptz, waiting_since timestamptz, limit_at timestamptz
) on commit delete rows;
create temp table if not exists standing_record (
    group_key uuid, record uuid, type text collate "C", system text collate "C", id text collate "C",
    changed_at timestamptz, net_goods numeric, currency text collate "C", grace interval
) on commit delete rows;
create temp table if not exists order_account_now (
    group_key uuid, order_record uuid, customer text collate "C", currency text collate "C", placed_at timestamptz,
    amount numeric
) on commit delete rows;
create temp table if not exists order_pair_item (
    flow text collate "C", group_key uuid, sku text collate "C", source_quantity numeric, target_quantity numeric,
    source_net numeric, source_priced numeric, target_net numeric, target_priced numeric, currency text collate "C"
) on commit delete rows;
select empty_tables('{
    used_sku, scope_group, scope_member, leg, current_record, current_reference, resolved_sku, current_line,
    repeated_item, current_item, current_order, group_order, current_fulfilment, dispatched_item, current_return,
    current_credit, credit_reference, return_expectation, last_outcome, order_copy, order_side, order_pair_item,
    order_account_now, absent_order, pack_of_sku, quantity_difference, return_settlement, current_movement,
    return_inspection, restocked_item, practice, first_order, dispatch_feed, silent, standing_record
}');
