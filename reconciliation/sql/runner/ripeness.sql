-- What is not old enough yet waits for its moment.
update candidate set state = case when ripe_at <= %(as_of)s then 'raised' else 'unripe' end
