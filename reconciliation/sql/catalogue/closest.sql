-- For each sku that a target does not know, its active products nearest by name (in the order of names without case and
-- separators, read from both sides by index) and those of the same base SKU; the five most alike, and why.
insert into closest_sku
with wanted as (
    select distinct
        leg.flow,
        leg.target,
        suspect_sku.sku,
        suspect_sku.base_sku
    from suspect_sku
    inner join leg on suspect_sku.flow = leg.flow
    where not suspect_sku.in_target
),

near as (
    select
        wanted.*,
        product.content,
        product.sku as candidate
    from wanted
    cross join lateral (
        (
            select
                product.content,
                product.sku
            from product
            where folded(product.sku) collate "C" >= folded(wanted.sku) collate "C"
            order by folded(product.sku) collate "C"
            limit 100
        )
        union all
        (
            select
                product.content,
                product.sku
            from product
            where folded(product.sku) collate "C" < folded(wanted.sku) collate "C"
            order by folded(product.sku) collate "C" desc
            limit 100
        )
        union all
        select
            product.content,
            product.sku
        from product
        where product.base_sku = wanted.base_sku
    ) as product
),

judged as (
    select distinct
        near.flow,
        near.sku,
        near.candidate,
        folded(near.sku) = folded(near.candidate) as same_but_for_signs,
        coalesce(product.base_sku = near.base_sku, false) as same_base,
        likeness(folded(near.sku), folded(near.candidate)) as likeness
    from near
    inner join product on near.content = product.content
    inner join ledger on near.content = ledger.content and near.target = ledger.system
    where
        product.active is not false
        and ledger.at <= %(as_of)s
        and (ledger.until is null or ledger.until > %(as_of)s)
)

select
    judged.flow,
    judged.sku,
    judged.candidate,
    case
        when judged.same_but_for_signs then 'the same but for case and separators'
        when judged.same_base then 'same base SKU'
        else concat(round(judged.likeness * 100), ' %% alike')
    end,
    row_number() over (
        partition by judged.flow, judged.sku
        order by judged.same_but_for_signs desc, judged.same_base desc, judged.likeness desc, judged.candidate asc
    )
from judged
where judged.same_but_for_signs or judged.same_base or judged.likeness >= 0.3;
delete from closest_sku
where place > 5;
analyze closest_sku
