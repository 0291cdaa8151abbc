-- The words on lines that one side of a product flow does not know, under the product authority's names: all that are
-- used, or those in scope. `in_target`: by an active product; in a warehouse the base SKU will do; of a target that
-- never sent a product nothing is known, and nothing counts as missing there.
create index if not exists catalogue_sku on catalogue (system, sku);
create index if not exists catalogue_base on catalogue (system, base_sku);
insert into suspect_sku
with word as (
    select order_line.sku
    from order_line
    where %(everything)s
    union
    select return_line.sku
    from return_line
    where %(everything)s
    union
    select scope_sku.sku
    from scope_sku
),

named as (
    select
        leg.flow,
        leg.source,
        leg.target,
        leg.target_kind,
        side.system,
        side.sold,
        word.sku as raw_sku,
        coalesce(sku_alias.canonical, word.sku) as sku
    from leg
    cross join lateral (values (leg.source, true), (leg.target, false)) as side (system, sold)
    cross join word
    left join sku_alias on side.system = sku_alias.system and word.sku = sku_alias.raw_key
    where leg.record = 'product'
),

judged as (
    select
        named.flow,
        named.system,
        named.sold,
        named.raw_sku,
        named.sku,
        coalesce(official_sku.base_sku, named.sku) as base_sku,
        target_feed.system is null
        or exists (
            select from catalogue
            where catalogue.system = named.target and catalogue.active and catalogue.sku = named.sku
        )
        or (
            named.target_kind = 'warehouse'
            and exists (
                select from catalogue
                where
                    catalogue.system = named.target
                    and catalogue.active
                    and coalesce(official_sku.base_sku, named.sku) in (catalogue.sku, catalogue.base_sku)
            )
        ) as in_target,
        origin.changed_at,
        source_feed.system is not null as source_sends
    from named
    left join official_sku on named.sku = official_sku.sku
    left join first_sent as source_feed
        on
            named.source = source_feed.system
            and source_feed.type = 'product'
            and source_feed.at <= %(as_of)s
    left join first_sent as target_feed
        on
            named.target = target_feed.system
            and target_feed.type = 'product'
            and target_feed.at <= %(as_of)s
    cross join lateral (
        select max(catalogue.changed_at) as changed_at
        from catalogue
        where catalogue.system = named.source and catalogue.sku = named.sku
    ) as origin
)

select judged.*
from judged
where not judged.in_target or (not judged.sold and judged.source_sends and judged.changed_at is null);
analyze suspect_sku
