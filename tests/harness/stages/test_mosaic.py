"""Images in rows: what lies where."""

import numpy as np

from augbench.stages.mosaic import mosaic


def test_images_stand_in_order_with_white_between_and_where_there_is_none():
    one, two, three = (np.full((2, 3, 1), level, np.uint8) for level in (10, 20, 30))
    laid = mosaic([[one, two], [three]], gap=1)[:, :, 0]
    assert laid.tolist() == [
        [10, 10, 10, 255, 20, 20, 20],
        [10, 10, 10, 255, 20, 20, 20],
        [255, 255, 255, 255, 255, 255, 255],
        [30, 30, 30, 255, 255, 255, 255],
        [30, 30, 30, 255, 255, 255, 255],
    ]
