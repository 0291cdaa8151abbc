-- Who is named in a note, as @user-name; a full stop behind the name ends the sentence.
insert into listener
select distinct
    told_news.sort,
    told_news.case_id,
    told_news.entry,
    person.id
from told_news
inner join heard on told_news.entry = heard.entry
cross join lateral regexp_matches(heard.note, '(?<![\w.@+-])@([\w.@+-]+)', 'g') as named (words)
inner join auth_user as person
    on lower(person.username) in (lower(named.words[1]), lower(rtrim(named.words[1], '.')))
where
    told_news.sort = 'mention'
    and person.is_active
    and person.id is distinct from heard.by_id
    and exists (
        select from role_grant
        where role_grant.person_id = person.id
    )
