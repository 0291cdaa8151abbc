"""Every table that can be taken as a file, by the name in its address."""

from exceptions.downloads import configuration, homes, ledgers, months, outside, work

TABLES = ledgers.TABLES | work.TABLES | months.TABLES | homes.TABLES | outside.TABLES | configuration.TABLES
