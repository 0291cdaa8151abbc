create temp table if not exists candidate (
    kind text collate "C", space text collate "C", subject text collate "C", leg text collate "C", record uuid,
    other uuid, return_record uuid, group_key uuid, shard text collate "C", sku text collate "C", amount numeric,
    currency text collate "C", age_from timestamptz, ripe_at timestamptz, expires_at timestamptz, title text,
    systems text[] collate "C", evidence jsonb, suggestions jsonb, state text collate "C",
    yields_to text collate "C", yields_to_subject text collate "C", refs jsonb
) on commit delete rows;
create temp table if not exists dirty_sku (sku text collate "C") on commit delete rows;
create temp table if not exists dirty_line (
    customer_key text collate "C", sku_key text collate "C"
) on commit delete rows;
create temp table if not exists told_credit (record uuid) on commit delete rows;
create temp table if not exists told_line (
    system text collate "C", sku text collate "C", customer_key text collate "C"
) on commit delete rows;
create temp table if not exists scope_shard (space text collate "C", shard text collate "C") on commit delete rows;
create temp table if not exists scope_sku (sku text collate "C") on commit delete rows;
create temp table if not exists scope_word (
    of text collate "C", system text collate "C", raw text collate "C"
) on commit delete rows;
create temp table if not exists scope_drift (
    customer_key text collate "C", currency text collate "C", month date
) on commit delete rows;
create temp table if not exists scope_refused (sha256 bytea) on commit delete rows;
create temp table if not exists current_word (like unmapped_word) on commit delete rows;
create temp table if not exists current_drift (like return_drift) on commit delete rows;
create temp table if not exists refused (sha256 bytea) on commit delete rows;
select empty_tables('{
    candidate, dirty_sku, dirty_line, told_credit, told_line, scope_shard, scope_sku, scope_word, scope_drift,
    scope_refused, current_word, current_drift, refused
}');
