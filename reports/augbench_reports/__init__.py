"""The reports that come with augbench: they render a comparison and compute nothing."""

from augbench import Registry, hookimpl


@hookimpl
def register(registry: Registry) -> None:
    """Add the report formats."""
    here = "augbench_reports"
    registry.report("markdown", f"{here}.markdown:Markdown", "report.md, with figures beside it")
    registry.report("html", f"{here}.html:Html", "One HTML file without network requests")
    registry.report("latex", f"{here}.latex:Latex", "report.tex and tables/*.tex, for papers")
    registry.report("json", f"{here}.json_file:Json", "report.json: the whole comparison, for programs")
    registry.report("csv", f"{here}.csv_files:Csv", "tables/*.csv: every part of the comparison, for spreadsheets")
    registry.report("parquet", f"{here}.parquet_files:Parquet", "results.parquet and tables/*.parquet: the same, typed")
