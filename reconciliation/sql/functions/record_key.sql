-- The key of a record, derived from what identifies it; keys.py computes the same.
create function record_key(type text, system text, id text) returns uuid
language sql immutable strict parallel safe
return encode(
    substr(sha256(convert_to(type || chr(31) || system || chr(31) || id, 'UTF8')), 1, 16), 'hex'
)::uuid;
