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

FAULTS = int(os.environ.get("FAULTS", "200"))
SEED = int(os.environ.get("SEED", "1"))
ORDERS = int(os.environ.get("FAULT_ORDERS", "300"))


def main():
    from tests.faults.outcome import differences, outcome_of, undisturbed
    from tests.faults.product import Product
    from tests.faults.throwing import throw
    from tests.faults.work import Work

    home = Path(tempfile.mkdtemp(prefix="reconciliation-faults-"))
    moment = datetime.now(UTC) - timedelta(hours=2)
    dice = Random(SEED)
    print(f"{FAULTS} faults, seed {SEED}, {ORDERS} orders")
    product = None
    try:
        product = Product(home / "disturbed", moment)
        with product:
            work = Work(product, moment, orders=ORDERS, seed=SEED)
            work.begin()
            thrown = throw(product, dice, FAULTS, tell=print)
            work.finish()
        as_of = datetime.now(UTC) + timedelta(hours=3)  # after whatever the clock was set to
        disturbed = outcome_of(product.data_dir, as_of=as_of, done=work.done)
        expected = undisturbed(home / "undisturbed", work.lines, as_of=as_of)
    finally:
        if product:
            product.disk.remove()
        shutil.rmtree(home, ignore_errors=True)
    for name, count in sorted(thrown.items()):
        print(f"{count:>5}  {name}")
    found = differences(disturbed, expected)
    print("\n".join(found) or f"No difference: {disturbed.summary}.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
