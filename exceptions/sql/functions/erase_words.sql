-- Replaces whatever fits the pattern, in every place where words about people may stand, and says how many rows of
-- which place it was, with the keys of the trail's entries. A trial changes nothing.
create or replace function erase_words(pattern text, trial boolean)
returns table (place text, hits bigint, entries bigint[])
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    a_table text;
    a_column text;
    its_type text;
begin
    perform set_config('reconciliation.erasing', 'yes', true);
    for a_table, a_column in
        select split_part(named, '.', 1), split_part(named, '.', 2)
        from unnest(array[
            'version.raw', 'order_content.customer_name', 'order_content.customer_email', 'order_content.ship_to', 'order_content.hold',
            'return_content.customer_name', 'return_content.customer_email', 'credit_content.customer_name',
            'credit_content.customer_email', 'outcome.error_message', 'finding.title', 'finding.refs',
            'finding.evidence', 'finding.suggestions', 'exception_case.title', 'exception_case.refs',
            'exception_case.evidence', 'exception_case.suggestions', 'exception_case.waiting_for',
            'exception_case.parameters', 'proposal.parameters', 'proposal.note', 'proposal.comment', 'acceptance.note',
            'own_change.parameters', 'own_change.before', 'attachment.name', 'checklist_round.note', 'round_item.note',
            'invitation.full_name', 'message.content', 'message.answer', 'pull_run.error', 'feed_cursor.error',
            'delivery.headers', 'delivery.error', 'outbox.payload', 'outbox.answer', 'outbox.error', 'ending.error',
            'rejected_line.reason', 'suppression.reason', 'bulk_job.parameters', 'bulk_job.query', 'bulk_job.failures',
            'saved_view.query', 'change_preview.suppression', 'change_preview.result',
            'trail_entry.about', 'trail_entry.note', 'trail_entry.details'
        ]) as known (named)
    loop
        select format_type(atttypid, atttypmod) into strict its_type from pg_attribute
        where attrelid = format('public.%I', a_table)::regclass and attname = a_column;
        place := a_table || '.' || a_column;
        entries := null;
        if a_table = 'trail_entry' then
            execute format('select array_agg(id order by id) from %I where %I::text ~* $1', a_table, a_column)
                into entries using pattern;
        end if;
        if trial then
            execute format('select count(*) from %I where %I::text ~* $1', a_table, a_column) into hits using pattern;
        else
            execute format(
                'update %1$I set %2$I = regexp_replace(%2$I::text, $1, ''[erased]'', ''gi'')::%3$s where %2$I::text ~* $1',
                a_table, a_column, its_type
            ) using pattern;
            get diagnostics hits = row_count;
        end if;
        if hits > 0 then
            return next;
        end if;
    end loop;
    perform set_config('reconciliation.erasing', '', true);
end
$$;
