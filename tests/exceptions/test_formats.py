"""Amounts and instants as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.template import Context, Template
from django.utils import timezone

from exceptions.company import in_company_time, week_of, weekdays
from exceptions.formats import DECIMALS, LOCALES, minor_units
from exceptions.models import Company
from tests.factories import PersonFactory

SUMMER = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


def shown(text, company=None, **values):
    with in_company_time(company or Company()):
        return Template("{% load formats %}" + text).render(Context(values))


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("1234.5", "GBP", "1,234.50 GBP"),
        ("1234567", "JPY", "1,234,567 JPY"),
        ("1234.5", "JPY", "1,234.5 JPY"),
        ("0.1", "KWD", "0.100 KWD"),
        ("10.005", "EUR", "10.005 EUR"),
        ("-1234.00", "EUR", "-1,234.00 EUR"),
        ("1E+3", "GBP", "1,000.00 GBP"),
        ("123456789012345678901234567890.00001", "GBP", "123,456,789,012,345,678,901,234,567,890.00001 GBP"),
        ("100.000", "GBP", "100.00 GBP"),
        ("0.00", "GBP", "0.00 GBP"),
        ("99999999999999999999999999999999999.01", "GBP", "99,999,999,999,999,999,999,999,999,999,999,999.01 GBP"),
        (Decimal("5"), None, "5.00"),
        (None, "GBP", "–"),
        ("NaN", "GBP", "NaN"),
        ("<b>", "GBP", "&lt;b&gt;"),
    ],
)
def test_an_amount_is_exact_and_has_its_currencys_minor_units(amount, currency, said):
    assert shown("{{ amount|money:currency }}", amount=amount, currency=currency) == said


@pytest.mark.parametrize(
    ("locale", "said"), [("de", "1.234,50 EUR"), ("en-us", "1,234.50 EUR"), ("fr", "1\xa0234,50 EUR")]
)
def test_the_company_says_how_numbers_are_written(locale, said):
    written = shown("{{ amount|money:'EUR' }}", Company(locale=locale), amount="1234.5")
    assert written.replace("\u202f", "\xa0") == said


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_that_can_be_chosen_is_described_as_it_writes(locale):
    number = shown("{{ amount|money }}", Company(locale=locale), amount="1234.5")
    assert number.replace("\xa0", " ").replace("\u202f", " ") in LOCALES[locale]


@pytest.mark.parametrize(
    ("zone", "locale", "said"),
    [
        ("Europe/London", "en-gb", "1 Jul 2026 13:30 BST"),
        ("America/New_York", "en-us", "Jul 1, 2026 8:30 a.m. EDT"),
        ("America/Sao_Paulo", "en-gb", "1 Jul 2026 09:30 UTC-03:00"),
        ("Asia/Kathmandu", "en-gb", "1 Jul 2026 18:15 UTC+05:45"),
    ],
)
def test_an_instant_says_its_time_zone(zone, locale, said):
    written = shown("{{ at|instant }}", Company(time_zone=zone, locale=locale), at=SUMMER)
    assert written == f'<time datetime="2026-07-01T12:30:00+00:00">{said}</time>'


def test_what_is_not_there_is_a_dash():
    assert shown("{{ at|instant }}{{ at|day }}", at=None) == "––"


def test_a_week_begins_on_the_companys_first_weekday():
    sunday_first = Company(first_weekday=7)
    assert weekdays(sunday_first) == [7, 1, 2, 3, 4, 5, 6]
    assert week_of(date(2026, 9, 30), sunday_first) == (date(2026, 9, 27), date(2026, 10, 4))
    assert week_of(date(2026, 9, 30), Company()) == (date(2026, 9, 28), date(2026, 10, 5))


@pytest.mark.django_db
def test_python_and_the_database_know_the_same_minor_units():
    with connection.cursor() as cursor:
        for currency in [*DECIMALS, "GBP", "USD", "XXX"]:
            cursor.execute("select minor_units(%s)", [currency])
            assert cursor.fetchone() == (minor_units(currency),), currency


@pytest.mark.django_db
def test_pages_are_in_the_companys_time_zone_and_leave_nothing_behind(client):
    Company.objects.update_or_create(id=1, defaults={"time_zone": "Asia/Tokyo"})
    client.force_login(PersonFactory(roles=["agent"]))
    answer = client.get("/")
    assert answer.status_code == 200
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("credit by 2026-07-01 12:30:00+00", "credit by 1 Jul 2026 13:30 BST"),
        ("2026-07-01T12:30:00.5Z", "1 Jul 2026 13:30 BST"),
        (
            "between 2026-07-01 12:30:00+02:00 and 2026-99-01 12:30:00+00",
            "between 1 Jul 2026 11:30 BST and 2026-99-01 12:30:00+00",
        ),
        ("2026-07-01", "2026-07-01"),
        ("<b>", "&lt;b&gt;"),
        (7, "7"),
    ],
)
def test_instants_within_evidence_are_written_as_people_read_them(words, said):
    assert shown("{{ words|moments }}", Company(time_zone="Europe/London"), words=words) == said
