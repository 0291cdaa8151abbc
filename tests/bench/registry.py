"""Every figure of the benchmarks under its name, in the order in which they are measured."""

from tests.bench.figures import compare, full_run, incremental, ingest, matching, pages, storm, visible, workers

FIGURES = {
    "ingest": ingest.measure,
    "full_run": full_run.measure,
    "compare": compare.measure,
    "incremental": incremental.measure,
    "matching": matching.measure,
    "workers": workers.measure,
    "pages": pages.measure,
    "storm": storm.measure,
    "visible": visible.measure,
}
