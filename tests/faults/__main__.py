"""make faults: the product under work while its processes, servers and connections are taken from it.

FAULTS: how many (200 unless told). SEED: of the dice. FAULT_ORDERS: how large a brand (300). The same seed throws the
same faults; when each of them meets what cannot be repeated. Ends with 1 and a list of what differs, or with 0.
"""

import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import django

FAULTS = int(os.environ.get("FAULTS", "200"))
SEED = int(os.environ.get("SEED", "1"))
ORDERS = int(os.environ.get("FAULT_ORDERS", "300"))
LATER = timedelta(hours=8)  # than whatever the clock was set to, and than whatever waits to be tried again


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "reconciliation.project.settings"
    django.setup()  # for the simulators of the outside systems; no database is asked here
    from tests.faults.outcome import differences
    from tests.faults.product import Product
    from tests.faults.story import story_of
    from tests.faults.vendors import Vendors

    home = Path(tempfile.mkdtemp(prefix="reconciliation-faults-"))
    story = story_of(datetime.now(UTC) - timedelta(hours=2), orders=ORDERS)
    print(f"{FAULTS} faults, seed {SEED}, {ORDERS} orders", flush=True)
    product = None
    try:
        with Vendors(story, SEED) as vendors:
            product = Product(home / "disturbed", vendors.given())
            work, thrown = _disturbed(product, vendors, story)
            disturbed, expected = _outcomes(home, product, vendors, work)
    finally:
        if product:
            product.disk.remove()
        shutil.rmtree(home, ignore_errors=True)
    for name, count in sorted(thrown.items()):
        print(f"{count:>5}  {name}")
    print(f"In the end: {work.summary}")
    found = differences(disturbed, expected)
    print("\n".join(found) or f"No difference: {disturbed.summary}.")
    sys.exit(1 if found else 0)


def _disturbed(product, vendors, story):
    """The work that was done, and the faults that were thrown meanwhile."""
    from tests.faults.throwing import throw
    from tests.faults.work import Work

    with product:
        work = Work(product, story, vendors, seed=SEED)
        work.begin()
        thrown = throw(product, work, Random(SEED), FAULTS, tell=lambda words: print(words, flush=True))
        print(f"When the last fault was thrown: {work.summary}", flush=True)
        work.finish()
    return work, thrown


def _outcomes(home, product, vendors, work):
    """What the disturbed product holds, some hours later, and what one holds that nobody has disturbed."""
    from tests.faults.outcome import outcome_of, undisturbed
    from tests.faults.outside import discrepancies

    now = datetime.now(UTC)
    asked = {"as_of": (now + LATER + timedelta(hours=1)).isoformat(), "month": work.month}
    product.clock.set(ahead=int(LATER.total_seconds()))
    told = asked | work.claims | {"over_at": now.isoformat()}
    environment = product.clock.environment
    disturbed = outcome_of(product.data_dir, told, environment=environment, done=work.done)
    disturbed.wrong += discrepancies(vendors.holds(), *disturbed.outside)
    all_told = {"lines": work.story.lines, "given": product.given | {"refused": []}, "deliveries": vendors.said()}
    all_told |= {"signed_as_of": disturbed.signed_as_of, "own": disturbed.own}
    expected = undisturbed(home / "undisturbed", asked | all_told)
    return disturbed, expected


if __name__ == "__main__":
    main()
