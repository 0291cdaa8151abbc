-- What was examined needs no mark, unless it has been marked again meanwhile.
delete from touched
using unnest(%(records)s::uuid[], %(marks)s::bigint[]) as seen (record, mark)
where touched.record = seen.record and touched.mark = seen.mark
