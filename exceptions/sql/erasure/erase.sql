-- Where the words stood and how many rows of each place; of the trail, its entries.
select
    place,
    hits,
    entries
from erase_words(%(pattern)s, %(trial)s)
