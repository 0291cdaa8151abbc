-- What a sku of a system stands for as of a moment: the product authority's sku (through the aliases of the system),
-- the base SKU its catalogue gives, the pack size of the system's own catalogue, and the pack size for lines that
-- state none (own catalogue, else the product authority's, else 1).
create function resolve_sku(of_system text, raw_sku text, as_of timestamptz) returns table (
    sku text, base_sku text, own_pack numeric, official_pack numeric, pack_size numeric
)
language sql stable parallel safe
begin atomic
    with alias as (
        select coalesce(
            (
                select sku_alias.canonical from sku_alias
                where sku_alias.system = of_system and sku_alias.raw_key = raw_sku
            ), raw_sku
        ) as sku
    ),

    stated as (
        select pack_size.pack_size
        from pack_size
        where pack_size.system = of_system and pack_size.sku = raw_sku
    ),

    own as (
        select product.pack_size
        from product
        inner join ledger on product.content = ledger.content
        where
            product.sku = raw_sku
            and ledger.system = of_system
            and ledger.at <= as_of
            and (ledger.until is null or ledger.until > as_of)
        order by product.active is false, ledger.id
        limit 1
    ),

    official as (
        select
            product.pack_size,
            product.base_sku
        from alias
        inner join product on alias.sku = product.sku
        inner join ledger on product.content = ledger.content
        inner join system on ledger.system = system.key
        where
            'product' = any(system.authority)
            and ledger.at <= as_of
            and (ledger.until is null or ledger.until > as_of)
        order by product.active is false, ledger.system, ledger.id
        limit 1
    )

    select
        alias.sku,
        coalesce(official.base_sku, alias.sku),
        coalesce(stated.pack_size, own.pack_size),
        official.pack_size,
        coalesce(stated.pack_size, own.pack_size, official.pack_size, 1)
    from alias
    left join stated on true
    left join own on true
    left join official on true;
end;
