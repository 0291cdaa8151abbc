create temp table if not exists heard (
    entry bigint, case_id bigint, move text collate "C", by_id integer, note text, details jsonb
) on commit delete rows;
create temp table if not exists told_news (sort text collate "C", case_id bigint, entry bigint) on commit delete rows;
create temp table if not exists listener (
    sort text collate "C", case_id bigint, entry bigint, person integer
) on commit delete rows;
select empty_tables('{heard, told_news, listener}');
