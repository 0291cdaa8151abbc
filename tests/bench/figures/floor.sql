-- The same rows as the ledgers hold, from files of COPY, into tables of the same columns and indexes.
create schema floor;
create table floor.version (like public.version including all);
create table floor.ledger (like public.ledger including all);
create table floor.reference (like public.reference including all);
create table floor.order_content (like public.order_content including all);
create table floor.order_line (like public.order_line including all);
