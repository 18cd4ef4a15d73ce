"""What predictions say of themselves."""

from support.predicted import certain, predictions


def test_images_are_counted_by_true_and_predicted_class():
    assert certain([0, 0, 0, 1, 2], [0, 0, 1, 1, 0], 4).confusion.tolist() == [[2, 1, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_the_first_of_equal_probabilities_is_predicted():
    assert predictions([1, 1], [[0.4, 0.4, 0.2], [0.2, 0.4, 0.4]]).confusion[1].tolist() == [1, 1, 0]


def test_images_are_counted_once():
    made = certain([0, 1], [0, 1], 2)
    assert made.confusion is made.confusion
