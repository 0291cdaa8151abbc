-- The staging tables of one batch; they live as long as the connection and are empty at the start of each batch.
-- Most are empty already; to delete nothing costs less than to truncate.
create temp table if not exists incoming_version (
    version uuid, record uuid, type text collate "C", system text collate "C", id text collate "C",
    realm text collate "C", at timestamptz, content uuid, hash bytea, arrived_at timestamptz, raw text, ordinal bigint,
    flow text collate "C", first boolean
) on commit delete rows;
create temp table if not exists fresh (
    version uuid, record uuid, type text collate "C", system text collate "C", id text collate "C",
    realm text collate "C", at timestamptz, content uuid, hash bytea, arrived_at timestamptz, ordinal bigint,
    flow text collate "C", first boolean
) on commit delete rows;
create temp table if not exists incoming_reference (like reference) on commit delete rows;
create temp table if not exists incoming_order_content (like order_content) on commit delete rows;
create temp table if not exists incoming_order_line (like order_line) on commit delete rows;
create temp table if not exists incoming_fulfilment_content (like fulfilment_content) on commit delete rows;
create temp table if not exists incoming_fulfilment_line (like fulfilment_line) on commit delete rows;
create temp table if not exists incoming_return_content (like return_content) on commit delete rows;
create temp table if not exists incoming_return_line (like return_line) on commit delete rows;
create temp table if not exists incoming_credit_content (like credit_content) on commit delete rows;
create temp table if not exists incoming_credit_line (like credit_line) on commit delete rows;
create temp table if not exists incoming_stock_level (like stock_level) on commit delete rows;
create temp table if not exists incoming_stock_movement (like stock_movement) on commit delete rows;
create temp table if not exists incoming_product (like product) on commit delete rows;
create temp table if not exists incoming_outcome (like outcome) on commit delete rows;
create temp table if not exists incoming_rejected_line (like rejected_line) on commit delete rows;
delete from incoming_version;
delete from fresh;
delete from incoming_reference;
delete from incoming_order_content;
delete from incoming_order_line;
delete from incoming_fulfilment_content;
delete from incoming_fulfilment_line;
delete from incoming_return_content;
delete from incoming_return_line;
delete from incoming_credit_content;
delete from incoming_credit_line;
delete from incoming_stock_level;
delete from incoming_stock_movement;
delete from incoming_product;
delete from incoming_outcome;
delete from incoming_rejected_line;
