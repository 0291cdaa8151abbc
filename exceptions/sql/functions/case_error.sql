-- The error that the evidence of a case tells: what an outcome, a portal or the intake said, with every word that
-- holds a digit folded, so that the same error about two orders reads the same. Null where no error is told.
create or replace function case_error(evidence jsonb) returns text
language sql immutable strict parallel safe as $$
select nullif(
    btrim(left(
        regexp_replace(
            substring(
                jsonb_path_query_first(
                    evidence,
                    '$[*] ? (
                        (@.expected == "success" && @.actual starts with "failed ")
                        || @.field == "rejection_reason"
                        || @.expected == "as agreed"
                    ).actual'
                ) #>> '{}' from '^(?:failed )?(.*)$'
            ),
            '\S*\d\S*', '…', 'g'
        ),
        200
    )),
    ''
)
$$;
