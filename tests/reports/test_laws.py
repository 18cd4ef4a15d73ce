"""Reports keep the laws of their kind."""

import pytest

from augbench.testing import conformance
from augbench_reports.csv_files import Csv
from augbench_reports.html import Html
from augbench_reports.json_file import Json
from augbench_reports.latex import Latex
from augbench_reports.markdown import Markdown
from augbench_reports.parquet_files import Parquet

pytestmark = pytest.mark.slow


@conformance(Csv(), Html(), Json(), Latex(), Markdown(), Parquet(), house=False)
def test_laws_of_reports(component, check):
    check(component)
