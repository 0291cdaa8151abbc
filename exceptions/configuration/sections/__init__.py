"""The sections of the settings: what is configured row by row, each with its model, its form and what a list shows."""

from exceptions.configuration import columns, team_forms
from exceptions.configuration.sections.decisions import DECISIONS
from exceptions.configuration.sections.section import Section
from exceptions.configuration.sections.topology import TOPOLOGY
from exceptions.configuration.sections.work import WORK
from exceptions.models import Company

COMPANY = Section(
    "company",
    "Company",
    "company",
    "Its name, and how it counts days and writes numbers.",
    Company,
    team_forms.CompanyForm,
    (("Name", columns.of("name")), ("Time zone", columns.of("time_zone"))),
)
SECTIONS = {section.key: section for section in (*WORK, *DECISIONS, *TOPOLOGY, COMPANY)}
GROUPS = {
    "Who does what": tuple(section.key for section in WORK),
    "How far and by when": tuple(section.key for section in DECISIONS),
    "What is connected": ("systems", "flows", "expectations", "owners"),
}

__all__ = ["GROUPS", "SECTIONS", "Section"]
