"""Every figure of the benchmarks under its name, in the order in which they are measured."""

from tests.bench.figures import ingest, pages, storm

FIGURES = {
    "ingest": ingest.measure,
    "pages": pages.measure,
    "storm": storm.measure,
}
