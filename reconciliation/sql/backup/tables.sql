-- The tables of the product, each with its own rows.
select tablename as name
from pg_tables
where schemaname = 'public'
order by tablename
