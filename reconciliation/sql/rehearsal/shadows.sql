-- What a change marks and counts goes to temporary tables of the same names, so that no intake, run or editor waits.
create temp table touched (like public.touched including defaults including indexes) on commit drop;
create temp table configuration (like public.configuration including defaults including indexes) on commit drop;
insert into configuration
select * from public.configuration;
create temp table rehearsed (like candidate) on commit drop
