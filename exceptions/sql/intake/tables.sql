create temp table if not exists declared (
    kind text collate "C", ledger text collate "C", severity text collate "C", team text collate "C", claim interval,
    due interval, summed boolean
) on commit delete rows;
create temp table if not exists told (
    kind text collate "C", subject text collate "C", raised boolean, yields_to text collate "C",
    yields_to_subject text collate "C", title text, flow text collate "C", systems text[] collate "C", refs jsonb,
    amount numeric, currency text collate "C", customer text collate "C", sku text collate "C", evidence jsonb,
    suggestions jsonb, group_key uuid, record uuid, suppressed boolean
) on commit delete rows;
create temp table if not exists moved (
    id bigint, kind text collate "C", move text collate "C", from_state text collate "C", to_state text collate "C",
    details jsonb, step bigint generated always as identity
) on commit delete rows;
create temp table if not exists told_leg (
    kind text collate "C", subject text collate "C", leg text collate "C", state text collate "C",
    yields_to text collate "C", yields_to_subject text collate "C", title text, systems text[] collate "C", refs jsonb,
    amount numeric, currency text collate "C", customer text collate "C", sku text collate "C", evidence jsonb,
    suggestions jsonb, group_key uuid, record uuid, alone boolean
) on commit delete rows;
create temp table if not exists to_place (
    id bigint, since timestamptz, subject text collate "C", continues bigint, kind text collate "C",
    flow text collate "C", systems text[] collate "C", severity text collate "C", currency text collate "C",
    amount numeric, customer text collate "C", sku text collate "C", team text collate "C", owner_id integer
) on commit delete rows;
create temp table if not exists placed (
    id bigint, team text collate "C", owner_id integer
) on commit delete rows;
create temp table if not exists term (
    id bigint, claim_due_at timestamptz, due_at timestamptz, warn_at timestamptz
) on commit delete rows;
create temp table if not exists stormed (id bigint, head bigint) on commit delete rows;
create temp table if not exists speaking (id bigint) on commit delete rows;
select empty_tables('{declared, told_leg, told, moved, to_place, placed, term, stormed, speaking}');
