-- An identifier as people look for it: without regard to case, spaces and separators, cut to what an index can hold.
create function folded(words text) returns text
language sql immutable strict parallel safe
return left(translate(upper(words collate "C"), ' -_/.:#\', ''), 100) collate "C";
