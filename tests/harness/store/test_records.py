"""The journal keeps every whole line and no half of one."""

from augbench.store.records import Journal


def test_a_torn_last_line_is_skipped_and_the_next_record_starts_a_new_one(tmp_path):
    journal = Journal(path=tmp_path / "records.jsonl")
    journal.append({"trial": "a"})
    with journal.path.open("a") as file:
        file.write('{"trial": "b", "sta')
    journal.append({"trial": "c"})
    assert journal.read() == ([{"trial": "a"}, {"trial": "c"}], 1)


def test_a_run_without_records_has_none(tmp_path):
    assert Journal(path=tmp_path / "records.jsonl").read() == ([], 0)


def test_line_separators_inside_a_value_do_not_tear_a_record(tmp_path):
    journal = Journal(path=tmp_path / "records.jsonl")
    journal.append({"reason": "first\nsecond\u2028third"})
    assert journal.read() == ([{"reason": "first\nsecond\u2028third"}], 0)
