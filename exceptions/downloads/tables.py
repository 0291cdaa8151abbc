"""Every table that can be taken as a file, by the name in its address."""

from exceptions.downloads import configuration, ledgers, months, work

TABLES = ledgers.TABLES | work.TABLES | months.TABLES | configuration.TABLES
