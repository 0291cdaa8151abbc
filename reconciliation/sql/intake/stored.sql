-- Which of these versions came before. None is ever removed, so what is found stays true.
select version
from version
where version = any(%(keys)s)
