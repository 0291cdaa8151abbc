"""Every table that can be taken as a file, by the name in its address."""

from exceptions.downloads import configuration, ledgers, work

TABLES = ledgers.TABLES | work.TABLES | configuration.TABLES
