-- One piece of evidence: a field, what is expected and who says so, what is found and who says so.
create function evidence(field text, expected text, expected_from text, actual text, actual_from text) returns jsonb
language sql immutable parallel safe
return jsonb_build_object(
    'field', field, 'expected', expected, 'expected_from', expected_from, 'actual', actual, 'actual_from', actual_from
);
