"""What runs next is ready, on the longest chain, most shared; nothing is handed out twice, nothing is forgotten."""

from hypothesis import given
from hypothesis import strategies as st

from augbench.engine.frontier import Frontier
from augbench.plan.tasks import PrepareTask, Stage
from support.toys import Dots

TASK = PrepareTask(name="dots", dataset=Dots(), resize=None)


def stage(key: str, *inputs: str) -> Stage:
    read = {str(number): needed for number, needed in enumerate(inputs)}
    return Stage(kind="train", key=key, label=key, settings="{}", template=TASK, resample=None, inputs=read)


def frontier(*stages: Stage, ranks=None, shared=None) -> Frontier:
    made = Frontier(ranks=ranks or {}, shared=shared or {})
    made.fill(stages)
    return made


def order(made: Frontier) -> list[str]:
    found = []
    while (taken := made.take()) is not None:
        found.append(taken.key)
        made.done(taken.key)
    return found


def test_a_stage_waits_for_all_that_it_reads():
    made = frontier(stage("a"), stage("b"), stage("c", "a", "b"))
    assert {made.take().key, made.take().key} == {"a", "b"}
    made.done("a")
    assert made.take() is None
    made.done("b")
    assert made.take().key == "c"


def test_what_is_not_pending_is_no_obstacle():
    assert order(frontier(stage("a", "stored already"))) == ["a"]


def test_the_longest_chain_goes_first_then_the_most_shared_then_the_plan_s_order():
    stages = [stage(key) for key in "abcd"]
    assert order(frontier(*stages, ranks={"c": 9.0, "a": 1.0, "b": 1.0, "d": 1.0}, shared={"b": 3})) == ["c", "b", "a", "d"]


def test_what_is_put_back_is_handed_out_again():
    made = frontier(stage("a"))
    made.put_back(made.take().key)
    assert made.take().key == "a"
    assert made.take() is None


def test_giving_up_a_stage_gives_up_all_that_needs_it_and_nothing_else():
    made = frontier(stage("a"), stage("b", "a"), stage("c", "b"), stage("d"))
    made.take()
    assert sorted(made.give_up("a")) == ["a", "b", "c"]
    assert order(made) == ["d"]


def test_a_second_look_leaves_what_somebody_makes_to_them():
    stages = [stage("a"), stage("b", "a"), stage("c")]
    made = frontier(*stages)
    assert made.take().key == "a"
    made.fill(stages)
    assert made.take().key == "c"
    assert made.take() is None
    made.done("a")
    assert made.take().key == "b"


@given(st.integers(1, 30).flatmap(lambda n: st.lists(st.sets(st.integers(0, n - 1)), min_size=n, max_size=n)))
def test_every_stage_runs_once_after_its_inputs(reads):
    stages = [stage(str(at), *(str(needed) for needed in needs if needed < at)) for at, needs in enumerate(reads)]
    done: set[str] = set()
    for key in order(frontier(*stages)):
        assert done.issuperset(stages[int(key)].inputs.values())
        assert key not in done
        done.add(key)
    assert len(done) == len(stages)
