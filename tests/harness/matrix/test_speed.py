"""A large matrix is read at once."""

import time


def test_a_hundred_rows_on_ten_data_sets_take_less_than_two_seconds(load, example):
    column = example.partition("[datasets.cell-cycle]")[2].partition("[datasets.rbc]")[0]
    columns = "".join(f"[datasets.cell-cycle{n}]{column.replace('cell-cycle', f'cell-cycle{n}')}" for n in range(8))
    rows = "".join(f"row{n} = {{ generator = 'gan', training.lr = 0.{n + 1}, fit.lr = 0.{n + 1} }}\n" for n in range(92))
    start = time.process_time()
    matrix = load(example.replace("[rows]", f"{columns}[rows]") + rows)
    assert time.process_time() - start < 2
    assert len(matrix.cells) == 1000
    assert matrix.cells["row5", "cell-cycle3"].of_class("Prophase").fit.lr == 0.6
