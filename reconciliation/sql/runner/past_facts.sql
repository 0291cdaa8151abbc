-- A look back keeps its facts to itself: temporary tables of the same names stand before the stored ones.
create temp table return_drift (like public.return_drift including defaults including identity) on commit drop;
create temp table open_demand (like public.open_demand including defaults including identity) on commit drop;
create temp table unmapped_word (like public.unmapped_word including defaults including identity) on commit drop;
create temp table return_account (like public.return_account including defaults including identity) on commit drop;
create temp table return_account_line (
    like public.return_account_line including defaults including identity
) on commit drop;
create temp table credit_account (like public.credit_account including defaults including identity) on commit drop;
create temp table credit_account_line (
    like public.credit_account_line including defaults including identity
) on commit drop;
create temp table order_account (like public.order_account including defaults including identity) on commit drop
