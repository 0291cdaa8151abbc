"""Every figure of the benchmarks under its name, in the order in which they are measured."""

from tests.bench.figures import ingest, storm

FIGURES = {
    "ingest": ingest.measure,
    "storm": storm.measure,
}
