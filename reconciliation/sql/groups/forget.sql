delete from member
using affected
where
    member.record = affected.record
    and not exists (
        select from label
        where label.record = member.record
    )
