"""Every number of report.md and report.html is report.json's, to the last digit printed."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from augbench import Comparison
from augbench.comparison import compare
from augbench.values.results import Results, TrialResult
from augbench_reports.building import document
from augbench_reports.document import Document, Statement, Table
from augbench_reports.html import Html
from augbench_reports.json_file import Json
from augbench_reports.markdown import Markdown
from support.shown import MarkdownPage, Page, Tables, says

Tree = dict[str, Any]
Expected = list[float | None] | str
"""The numbers of a cell, in order; or how its text begins."""
METRICS = {"Accuracy": "accuracy", "Macro-F1": "macro-f1"}
COSTS = {
    "Time / its own": "seconds",
    "Shared time / not divided": "shared-seconds",
    "CPU time": "cpu-seconds",
    "Peak memory / host": "peak-memory-mb",
    "Images a second": "images-per-second",
}
UNITS = {"": 1.0, "s": 1.0, "min": 60.0, "h": 3600.0, "MB": 1.0, "GB": 1000.0}
WORDS_ONLY = (
    "Trials without result",
    "Rows that are not fairly tested",
    "How this run was made",
    "Where the components come from",
    "How to reproduce",
    "Quality of generated",
)


def ends(interval: Tree | None) -> list[float | None]:
    return [interval["low"], interval["high"]] if interval else []


def widest(difference: Tree) -> Tree | None:
    return difference["over_both"] or difference["over_images"]


def known_tests(row: Tree) -> dict[str, Tree]:
    found = row["difference"] or {"test": None, "beside": []}
    return {each["name"]: each for each in [found["test"], *found["beside"]] if each}


def expected_score(row: Tree, heading: str) -> Expected:
    name, _, note = heading.partition(" / ")
    found = row["difference"]
    if note.startswith("mean ± sd"):
        score = row["scores"][METRICS[name]]
        return [score["mean"], score["sd"], *ends(score["interval"])]
    match name:
        case "Macro-F1 difference":
            return "control" if row["is_control"] else [abs(found["mean"]), *ends(widest(found))] if found else "–"
        case "p":
            return [found["test"]["p"]] if found and found["test"] else "–"
        case "Holm p":
            return [found["holm"]] if found else "–"
        case "A12":
            return [found["effects"]["a12"]] if found and found["effects"] else "–"
        case "Seeds":
            return [len(row["scores"]["accuracy"]["seeds"])]
        case "Verdict":
            return row["verdict"]["word"] if row["verdict"] else "–"
    cost = row["budget"]["cost"]
    return amounts([cost.get("seconds"), cost.get("shared-seconds")]) if name == "Time" else f"no number is known under {heading}"


def amounts(seconds: list[float | None]) -> Expected:
    """Write durations down in the unit that suits each."""
    known = [abs(value) for value in seconds if value is not None]
    return [value / (1 if value < 60 else 60 if value < 3600 else 3600) for value in known] or "–"


def expected_seeds(row: Tree, heading: str) -> Expected:
    found = row["difference"]
    if heading == "Verdict":
        return str(row["verdict"]["word"])
    if found is None:
        return "–"
    match heading.split(" / ")[0]:
        case "Macro-F1 difference":
            return [found["mean"], found["sd"]]
        case "Each seed":
            values = [value for _, value in found["seeds"]]
            signs = Counter("higher" if value > 0 else "lower" if value < 0 else "equal" for value in values)
            return values if len(values) <= 4 else [signs[word] for word in ("higher", "lower", "equal") if signs[word]]
        case "Smallest p":
            return [found["test"]["smallest_p"]] if found["test"] else "–"
        case "Holm p":
            return [found["holm"]]
        case name:
            tested = known_tests(row).get(name.removesuffix(" p").lower())
            return [tested["p"]] if tested else "–"


def expected_effect(row: Tree, heading: str) -> Expected:
    found = row["difference"]
    name = heading.split(" / ")[0].lower().replace(" ", "_")
    if name.startswith("over_"):
        return ends(found[name]) or "–"
    key = {"cliff's_delta": "cliff"}.get(name, name.replace("-", "_"))
    return [found["effects"][key]] if found["effects"] else "–"


def expected_metric(row: Tree, heading: str) -> Expected:
    name, _, note = heading.partition(" / ")
    score = row["scores"][METRICS[name]]
    return [score["best_fold"]] if note == "best fold" else [score["mean"], score["sd"]]


def expected_published(row: Tree, heading: str) -> Expected:
    found = row["as_published"]
    seeds, several = found["seeds"], len(found["seeds"]) > 1
    differences = [each["difference"] for each in seeds]
    match heading.split(" / ")[0]:
        case "Median p":
            return [found["median_p"], *([found["smallest"], found["largest"]] if several else [])]
        case "Direction":
            counts = Counter(each["direction"] for each in seeds)
            if len(counts) == 1:
                return f"{next(iter(counts))} "
            return [*(counts[word] for word in ("higher", "lower", "equal") if counts[word]), len(seeds)]
        case "A12":
            return [found["a12"]]
        case "n":
            return [seeds[0]["n"]]
        case "Macro-F1 difference":
            shown = differences if len(differences) <= 4 else [min(differences), max(differences)]
            return [*shown, *([found["contradictions"], len(seeds)] if found["contradictions"] else [])]
        case "p" | "Holm p":
            return expected_score(row, heading)
    return ""


def expected_class(row: Tree, heading: str) -> Expected:
    score = next(each for each in row["classes"] if heading.startswith(each["name"]))["f1"]
    return [score["mean"], score["sd"]]


def expected_both(row: Tree, heading: str) -> Expected:
    each = next(each for each in row["classes"] if heading.startswith(each["name"]))
    return [each["precision"]["mean"], each["recall"]["mean"]]


def expected_confused(row: Tree, heading: str) -> Expected:
    place = 0 if heading == "Most often" else int(heading.removeprefix("Place ")) - 1
    found = row["confusion"]["confused"]
    return [100 * found[place]["share"], found[place]["n"]] if place < len(found) else "–"


def expected_calibration(row: Tree, heading: str) -> Expected:
    return [row["calibration"][heading.lower().replace(" ", "_")]]


def expected_variance(row: Tree, heading: str) -> Expected:
    found = row["variance"]
    value = found[{"From seeds": "seeds", "From test images": "images", "From folds": "folds"}[heading.split(" / ")[0]]]
    whole = sum(each for each in found.values() if each is not None)
    return [100 * value / whole, value] if value is not None else "–"


def expected_benefit(row: Tree, heading: str) -> Expected:
    found = row["benefit"]
    match heading.split(" / ")[0]:
        case "Gain":
            return [found["gain"]]
        case "Images":
            return [found["images"]]
        case "Undominated":
            return "yes" if found["undominated"] else "no"
    return amounts([found["seconds"]])


def expected_budget(row: Tree, heading: str) -> Expected:
    if heading == "Trials done":
        return [row["done"], row["expected"]]
    return sorted(set(row["budget"]["steps" if heading == "Steps" else "images"]))


BY_ROW: dict[str, Callable[[Tree, str], Expected]] = {
    "Scores on the test images of": expected_score,
    "Every metric on": expected_metric,
    "Differences to the control on": expected_seeds,
    "Size of the differences": expected_effect,
    "As published:": expected_published,
    "F1 by class on": expected_class,
    "Precision and recall by class on": expected_both,
    "Classes that are taken for others": expected_confused,
    "Calibration on": expected_calibration,
    "Where the spread of a row's mean": expected_variance,
    "Cost against benefit on": expected_benefit,
    "Trials and training budget on": expected_budget,
}


def holds(cell: str, expected: Expected) -> bool:
    return (
        cell.startswith(expected)
        if isinstance(expected, str)
        else says(re.sub(r"A12|F1|95% .*$|^[+−](?=[\d.]+ (s|min|h)$)|\+ (?=\d)", "", cell), expected)
    )


def check_rows(column: Tree, rows: list[list[str]], expected: Callable[[Tree, str], Expected]) -> int:
    by_label = {row["label"]: row for row in column["rows"]}
    held = 0
    for name, *cells in rows[1:]:
        if name.startswith("Quoted / quoted"):
            assert [cell for cell in cells if cell != "–"] == ["0.856", "0.868", "quoted / never tested"]
            continue
        row = by_label[name.split(" / ")[0]]
        for heading, cell in zip(rows[0][1:], cells, strict=True):
            wanted = expected(row, heading)
            assert holds(cell, wanted), (name, heading, cell, wanted)
            held += not isinstance(wanted, str)
    return held


def check_lines(rows: list[list[str]], expected: Iterator[list[Expected]]) -> int:
    """Hold rows that are no rows of the matrix, in their order."""
    held = 0
    for (_, *cells), wanted in zip(rows[1:], expected, strict=True):
        assert all(map(holds, cells, wanted)), (cells, wanted)
        held += sum(not isinstance(each, str) for each in wanted)
    return held


def pairs_of(column: Tree) -> Iterator[list[Expected]]:
    for row in column["rows"]:
        for each in (row["as_published"] or {"seeds": []})["seeds"]:
            shares: list[Expected] = [[100 * each["ties"]], [100 * each["saturated"]]]
            yield [
                [each["p"], each["a12"]],
                [each["difference"]],
                [each["mcnemar"]],
                *shares,
                "equal" if each["same_predictions"] else "differ",
            ]


def bins_of(column: Tree, shown: set[str]) -> Iterator[list[Expected]]:
    for row in column["rows"]:
        if row["label"] not in shown:
            continue
        for each in (row["calibration"] or {"bins": []})["bins"]:
            yield [[each["low"], each["high"]], [each["n"]], [each["confidence"]], [each["accuracy"]]]


def matrix_of(row: Tree) -> Iterator[list[Expected]]:
    found = row["confusion"]
    for place, counts in enumerate(found["counts"]):
        shares = found["shares"][place]
        against = [[100 * each] for each in found["against"][place]] if found["against"] else [[] for _ in counts]
        yield [[count, 100 * share, *more] for count, share, more in zip(counts, shares, against, strict=True)]


def factors_of(column: Tree) -> Iterator[list[Expected]]:
    for each in column["factors"]:
        yield [
            each["before"],
            each["after"],
            str(len(each["pairs"])),
            [len(each["seeds"])],
            [each["mean"], each["sd"]],
            ends(each["over_seeds"]),
        ]


def interactions_of(column: Tree) -> Iterator[list[Expected]]:
    for each in column["interactions"]:
        yield [each["factors"][1], [len(each["seeds"])], [each["mean"], each["sd"]], ends(each["over_seeds"])]


def generators_of(column: Tree, rows: list[list[str]]) -> Iterator[list[Expected]]:
    names = ("kid-before", "kid", "frechet", "precision", "recall", "density", "coverage", "nearest-real-ratio", "diversity")
    for each, (_, _, *cells) in zip(column["generators"], rows[1:], strict=True):
        found = [each["numbers"].get(name) for name in names]
        spreads = [
            [one["mean"], *([one["low"], one["high"]] if " / " in cell else [])] if one else "–"
            for one, cell in zip(found, cells, strict=False)
        ]
        counts = [each["numbers"][name]["mean"] for name in ("real", "generated")]
        yield [counts, *spreads, each["word"]]


def ranks_of(tree: Tree) -> Iterator[list[Expected]]:
    for each in tree["across"]["rows"]:
        difference: Expected = "control" if each["is_control"] else [abs(each["difference"])]
        tested: list[Expected] = [[each["test"]["p"]], [each["holm"]]] if each["test"] else ["–", "–"]
        yield [[each["rank"]], difference, *tested, each["verdict"]["word"] if each["verdict"] else "–"]


def check_costs(column: Tree, rows: list[list[str]]) -> int:
    by_label = {row["label"]: row for row in column["rows"]}
    for name, *cells in rows[1:]:
        cost = by_label[name.split(" / ")[0]]["budget"]["cost"]
        for heading, cell in zip(rows[0][1:], cells, strict=True):
            printed, _, unit = cell.partition(" ")
            value = cost.get(COSTS[heading])
            assert says(printed, [None if value is None else value / UNITS[unit]])
    return len(rows) - 1


def check_failures(tree: Tree, rows: list[list[str]]) -> int:
    for group, cells in zip(tree["failures"]["groups"], rows[1:], strict=True):
        kind, trials, stage, *common, reason, retry = cells
        assert kind == f"{group['failure_class']}: {group['error']} / {group['meaning']}"
        assert says(trials, [len(group["trials"])])
        assert list(group["stages"]) == [stage]
        assert common == [" ".join(each["sentence"] for each in group["common"]) or "–"] * len(common)
        assert reason.split(" / ")[0] == group["reason"]
        assert retry.split(" / ")[0] == group["retry"]
    return len(rows) - 1


def check_quoted(tree: Tree, rows: list[list[str]]) -> int:
    known = {name for column in tree["columns"] for name in (column["name"], column["label"])}
    others = [each for each in tree["published"] if each["dataset"] not in known]
    return check_lines(rows, ([each["dataset"], [each["accuracy"]], [each["macro_f1"]], each["source"]] for each in others))


def check_data(tree: Tree, rows: list[list[str]]) -> int:
    def images(column: Tree) -> list[float | None]:
        return [sum(each["counts"][split] for each in column["classes"]) for split in ("train", "validation", "test")]

    return check_lines(rows, ([images(column), column["source"], column["licence"], column["digest"][:16]] for column in tree["columns"]))


def check_table(tree: Tree, column: Tree, caption: str, rows: list[list[str]]) -> int:
    """Hold one table against the tree; return how many cells of numbers were held."""
    start = next((each for each in BY_ROW if caption.startswith(each)), None)
    if start:
        return check_rows(column, rows, BY_ROW[start])
    label = column["label"]
    if caption.startswith("Confusion matrix"):
        name = caption.removeprefix(f"Confusion matrix on {label}: ")
        return check_lines(rows, matrix_of(next(row for row in column["rows"] if row["label"] == name)))
    lines: dict[str, Callable[[], Iterator[list[Expected]]]] = {
        f"Each pair of models of the published test, {label}": lambda: pairs_of(column),
        f"Confidence and accuracy on {label}": lambda: bins_of(column, {row[0] for row in rows}),
        f"Quality of generated images on {label}": lambda: generators_of(column, rows),
        f"What single settings do on {label}": lambda: factors_of(column),
        f"How settings hang together on {label}": lambda: interactions_of(column),
        "Rows over all data sets": lambda: ranks_of(tree),
        "Macro-F1 on each data set": lambda: ([[value] for value in each["means"].values()] for each in tree["across"]["rows"]),
    }
    if caption in lines:
        return check_lines(rows, lines[caption]())
    special: dict[str, Callable[[Tree, list[list[str]]], int]] = {
        "Failed trials by kind": check_failures,
        "Results quoted from elsewhere": check_quoted,
        "Data sets": check_data,
    }
    if caption.startswith("Cost of a trial on"):
        return check_costs(column, rows)
    return special[caption](tree, rows)


def check(tree: Tree, tables: Tables) -> Counter[str]:
    """Hold every table against the tree; return how many cells of numbers were held, by caption."""
    held: Counter[str] = Counter()
    for caption, rows in tables.items():
        if not caption.startswith(WORDS_ONLY):
            column = next((each for each in tree["columns"] if each["label"] in caption), tree["columns"][0])
            held[caption] = check_table(tree, column, caption, rows)
    return held


def two_data_sets(make: Callable[..., Results]) -> Comparison:
    """Compare a square of settings on two data sets, with a quoted result, a margin and a command to reproduce."""
    results = make(seeds=(0, 1, 2), rows=4, change=lambda each: replace(each, curves={}))
    other = tuple(replace(each, trial=each.trial.replace("phantom", "other"), column="other", judged={}) for each in results.trials)
    square = [{"augment.linear": mixed, "sampler": sampler} for mixed in ("none", "mixup") for sampler in ("instance", "square-root")]
    settings = dict(zip((row.name for row in results.rows), square, strict=True))
    (column,) = results.columns
    quoted = replace(results.report.published[0], dataset="phantom", label="Quoted")
    return compare(
        replace(
            results,
            columns=(column, replace(column, name="other", label="Other cells")),
            trials=(*results.trials, *other),
            settings={"phantom": settings, "other": settings},
            provenance={**results.provenance, "run folder": "runs/phantom"},
            report=replace(results.report, rope=0.01, published=(*results.report.published, quoted)),
        )
    )


RUNS = ["two seeds, one failed", "folds", "six seeds", "failures", "one seed", "two data sets"]


@pytest.fixture(scope="module", params=RUNS)
def rendered(
    request: pytest.FixtureRequest, folder: Path, failing: Results, make: Callable[..., Results], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    if request.param == "two seeds, one failed":
        return folder
    shapes: dict[str, Any] = {
        "folds": {"rows": 3, "folds": 3},
        "six seeds": {"rows": 4, "seeds": tuple(range(6))},
        "one seed": {"seeds": (0,)},
    }
    if request.param == "two data sets":
        comparison = two_data_sets(make)
    else:
        change = {"change": lambda each: replace(each, curves={})}
        comparison = compare(failing if request.param == "failures" else make(**change, **shapes[request.param]))
    made = tmp_path_factory.mktemp("agreement")
    for report in (Json(), Markdown(), Html()):
        report.render(comparison, made)
    return made


@pytest.fixture(scope="module")
def tree(rendered: Path) -> Tree:
    found: Tree = json.loads((rendered / "report.json").read_text("utf-8"))
    return found


def test_every_number_of_every_table_is_that_of_the_json(rendered: Path, tree: Tree) -> None:
    shown = Page((rendered / "report.html").read_text("utf-8")).tables
    assert shown == MarkdownPage((rendered / "report.md").read_text("utf-8")).tables
    held = check(tree, shown)
    assert min(held.values()) > 0
    for column in tree["columns"]:
        headings = shown[f"F1 by class on {column['label']}"][0][1:]
        assert all(
            says(one, [facts["counts"]["train"], facts["test"]])
            for one, facts in zip(headings, column["classes"], strict=True)
            if "F1" not in one
        )
        kinds = {caption.split(column["label"])[0] for caption in held if column["label"] in caption}
        assert kinds >= {f"{start} " for start in ("Scores on the test images of", "Differences to the control on", "Calibration on")}


def test_the_sentences_of_the_cards_are_those_of_the_json(rendered: Path, tree: Tree) -> None:
    items = Page((rendered / "report.html").read_text("utf-8")).items
    listed = MarkdownPage((rendered / "report.md").read_text("utf-8")).items
    for column in tree["columns"]:
        for row in column["rows"]:
            if not row["verdict"]:
                continue
            found, word = row["difference"], row["verdict"]["word"]
            mine = [each for each in listed if re.match(re.escape(row["label"][:60]) + ": ", each) and word in each]
            assert {each.replace(": ", " ") for each in mine} <= {each.replace(": ", " ") for each in items}
            said = [each.removeprefix(f"{row['label']}: ").removeprefix("macro-F1") for each in mine]
            if not found:
                assert any(each.startswith("refused") for each in said)
                continue
            tested = found["test"]
            numbers = [abs(found["mean"]), *ends(widest(found)), *([tested["p"], found["holm"]] if tested else [])]
            numbers += [tested["n"]] if tested and tested["unit"] != "seed" else []
            matching = [each for each in said if says(each.partition(": ")[0], [*numbers, len(found["seeds"])])]
            assert matching, (said, numbers)
            assert any((" higher" in each, " lower" in each) == (found["mean"] > 0, found["mean"] < 0) for each in matching)


def test_the_claims_are_those_of_the_json(rendered: Path, tree: Tree) -> None:
    page = html.unescape((rendered / "report.html").read_text("utf-8"))
    lines = html.unescape(MarkdownIt("commonmark").render((rendered / "report.md").read_text("utf-8")))
    for column in tree["columns"]:
        sentences = [column["claim"][name] for name in ("headline", "observed", "sentence")]
        sentences += [flag["sentence"] for flag in column["flags"]]
        assert len(sentences) > 3
        assert all(sentence in page and sentence in lines for sentence in sentences)


def test_what_chance_does_is_that_of_the_json(rendered: Path, tree: Tree) -> None:
    lines = [line.removeprefix("> ") for line in (rendered / "report.md").read_text("utf-8").splitlines()]
    said = [line.replace("macro-F1", "") for line in lines if line.startswith("Chance alone: ")]
    known = [column["noise"] for column in tree["columns"] if column["noise"]]
    for each, noise in zip(said, known, strict=True):
        assert says(each, [noise["median"], noise["largest"], noise["pairs"], 100 * noise["published"], noise["alpha"]])


def test_the_text_over_data_sets_is_that_of_the_json(rendered: Path, tree: Tree) -> None:
    text = (rendered / "report.md").read_text("utf-8")
    assert ("## Across data sets" in text) == (tree["across"] is not None)
    assert not tree["across"] or tree["across"]["refused"] in text.replace("\\", "")


def test_folds_show_the_best_one_beside_the_mean(rendered: Path, tree: Tree) -> None:
    folded = tree["columns"][0]["folds"] is not None
    text = (rendered / "report.md").read_text("utf-8")
    assert [word in text for word in ("best fold |", "BEST_OF_K")] == [folded, folded]


@pytest.mark.parametrize(
    ("printed", "values", "right"),
    [
        ("0.839 ± 0.012", [0.8394, 0.0121], True),
        ("0.839 ± 0.012", [0.8396, 0.0121], False),
        ("−0.028", [0.028], False),
        ("1.2e-13", [1.24e-13], True),
        ("1.2e-13", [1.26e-13], False),
        ("22,400", [22_400], True),
        ("–", [0.0], False),
        ("0.5", [0.5, 0.5], False),
    ],
)
def test_a_wrong_last_digit_sign_or_number_is_seen(printed: str, values: list[float | None], right: bool) -> None:
    assert says(printed, values) == right


OPPOSITE = {"higher": "lower", "better": "worse", "above": "below", "good": "worse"} | {
    "lower": "higher",
    "worse": "better",
    "below": "above",
}


def swapped(results: Results) -> Results:
    """Give each row of two the predictions of the other."""
    first, second = results.rows
    other = {first.name: second.name, second.name: first.name}
    found: dict[tuple[str, int], TrialResult] = {(each.row, each.seed): each for each in results.trials}

    def exchanged(each: TrialResult) -> TrialResult:
        theirs = found[other[each.row], each.seed]
        return replace(each, test=theirs.test, validation=theirs.validation)

    return replace(results, trials=tuple(map(exchanged, results.trials)))


@pytest.fixture(scope="module")
def both_ways(make: Callable[..., Results]) -> tuple[Document, Document]:
    """Return the reports of two rows that differ much, and of the same with predictions exchanged."""
    results = make(seeds=tuple(range(8)), change=lambda each: replace(each, curves={}, judged={}, cost={}))
    rows = tuple(row for row in results.rows if row.name in ("plain", "repetition"))
    trials = tuple(each for each in results.trials if each.row in ("plain", "repetition"))
    pair = replace(results, rows=rows, trials=trials, report=replace(results.report, control="plain"))
    return document(compare(pair)), document(compare(swapped(pair)))


def tables_of(page: Document) -> dict[str, Table]:
    return {block.slug: block for section in page.sections for block in section.blocks if isinstance(block, Table)}


def turned(text: str) -> str:
    return re.sub(r"[a-z]+", lambda word: OPPOSITE.get(word[0], word[0]), text)


def test_sentences_turn_round_with_the_sign_of_every_difference(both_ways: tuple[Document, Document]) -> None:
    def said(page: Document) -> Statement:
        return page.cards[0].statements[0]

    before, after = map(said, both_ways)
    assert (before.word, after.word) == ("better", "worse")
    assert (before.tone, after.tone) == ("good", "worse")
    ahead, behind = re.sub(r" \[[^]]*\]", "", before.text), re.sub(r" \[[^]]*\]", "", after.text)
    assert " higher" in ahead
    assert turned(ahead) == behind
    headlines = [page.cards[0].headline for page in both_ways]
    assert turned(headlines[0]) == headlines[1] != headlines[0]
    assert ["above" in both_ways[0].cards[0].observed, "below" in both_ways[1].cards[0].observed] == [True, True]


@pytest.mark.parametrize(
    ("table", "headings"),
    [
        ("scores", ["Macro-F1 difference", "A12", "Verdict"]),
        ("seeds", ["Macro-F1 difference", "Each seed", "Verdict"]),
        ("effects", ["A12", "Cliff's delta", "Rank-biserial", "Hodges-Lehmann"]),
        ("published", ["Direction", "Macro-F1 difference"]),
    ],
)
def test_cells_turn_round_with_the_sign_of_every_difference(both_ways: tuple[Document, Document], table: str, headings: list[str]) -> None:
    before, after = (tables_of(page)[f"phantom-table-{table}"] for page in both_ways)
    assert before.head == after.head
    for heading in headings:
        place = [cell.text for cell in before.head].index(heading)
        one, other = before.rows[-1][place], after.rows[-1][place]
        assert (one.text, one.note) != (other.text, other.note)
        words = [re.findall(r"higher|lower|better|worse", f"{cell.text} {cell.note.partition('[')[0]}") for cell in (one, other)]
        assert sorted(map(turned, words[0])) == sorted(words[1])
        if one.order is not None and other.order is not None:
            assert one.order + other.order == pytest.approx(1.0 if heading == "A12" else 0.0)
