"""What [report] names exists, and what is wrong is told at its place."""

import pytest

CONTROL = 'control = "plain"'


def told(wrong, small, more):
    return [(problem.message, problem.hint) for problem in wrong(small.replace(CONTROL, f"{CONTROL}\n{more}"))]


@pytest.mark.parametrize(
    ("more", "message", "hint"),
    [
        ('metrics = ["macro-f1", "acuracy"]', "no metric called 'acuracy'", "did you mean 'accuracy'?"),
        (
            'primary = "auc"',
            "no metric called 'auc'",
            "known: accuracy, balanced-accuracy, f-beta, f/NAME, macro-f1",
        ),
        ('primary = "accuracy"\nmetrics = ["macro-f1"]', "the primary metric 'accuracy' is not in metrics", "add it to report.metrics"),
        ('metrics = ["macro-f1", "f-beta"]', "metric 'f-beta' has no name", ""),
        (
            'metrics = ["macro-f1", "sign-flip"]',
            "no metric called 'sign-flip'",
            "known: accuracy, balanced-accuracy, f-beta, f/NAME, macro-f1; 'sign-flip' is of kind test",
        ),
        ('metrics = ["macro-f1", 3]', "report.metrics[1] must be a string, not 3", ""),
        ('test = "sign-flp"', "no test called 'sign-flp'", "did you mean 'sign-flip'?"),
        ("test = false", "report.test must be a string, not false", ""),
        ("rope = 1", "report.rope must be less than 1, not 1", ""),
        ("rope = -0.01", "report.rope must be at least 0, not -0.01", ""),
        ("tolerance = -1", "report.tolerance must be at least 0, not -1", ""),
        ("replicates = 500", "report.replicates must be at least 999, not 500", ""),
        ("ropee = 0.01", "no setting called 'ropee' in 'report'", "did you mean 'rope'?"),
    ],
)
def test_a_wrong_setting_is_told_in_plain_words(wrong, small, more, message, hint):
    assert told(wrong, small, more) == [(message, hint)]


def test_a_name_is_underlined_where_it_stands(wrong, small):
    text = small.replace(CONTROL, f'{CONTROL}\nmetrics = ["macro-f1", "acuracy"]')
    (problem,) = wrong(text)
    assert problem.where.source[problem.where.column - 1 :][: problem.where.width] == '"acuracy"'


def test_a_class_that_cannot_be_imported_is_told_at_its_place(wrong, small):
    ((message, _),) = told(wrong, small, 'metrics = ["macro-f1", "nowhere.at_all:Score"]')
    assert message.startswith("metric 'nowhere.at_all:Score' from nowhere does not load: ModuleNotFoundError")


@pytest.mark.parametrize("kind", ["metric", "test"])
def test_defaults_of_what_no_row_holds_are_refused(wrong, small, kind):
    name = {"metric": "accuracy", "test": "sign-flip"}[kind]
    (problem,) = wrong(small.replace("[base]", f"[defaults.{kind}.{name}]\n[base]"))
    assert problem.message == f"[defaults.{kind}.{name}] changes nothing: no row holds a component of that kind"


def test_all_ways_to_name_a_component_name_a_metric(load, small, tmp_path, monkeypatch):
    (tmp_path / "my_scores.py").write_text("from augbench_plugins.metrics.counts import Accuracy as Mine\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    report = load(small.replace(CONTROL, f'{CONTROL}\nmetrics = ["macro-f1", "f/2", "my_scores:Mine"]\ntest = "sign-flip"')).report
    assert report.metrics == ("macro-f1", "f/2", "my_scores:Mine")
    assert report.test == "sign-flip"


def test_a_silent_report_has_these_settings(load, small):
    report = load(small).report
    assert (report.primary, report.metrics, report.test) == ("macro-f1", ("accuracy", "macro-f1"), "auto")
    assert (report.rope, report.tolerance, report.replicates) == (None, None, 10_000)


def test_a_report_may_declare_what_does_not_matter(load, small):
    report = load(small.replace(CONTROL, f"{CONTROL}\nrope = 0.01\ntolerance = 0.02\nreplicates = 999")).report
    assert (report.rope, report.tolerance, report.replicates) == (0.01, 0.02, 999)
