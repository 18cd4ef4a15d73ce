"""Whether a process lives can be told on its own machine, and nowhere else."""

import os
import subprocess
import sys
from dataclasses import replace

from augbench.store import processes
from augbench.store.processes import alive, alive_here, this_process


def test_the_process_that_asks_lives():
    assert alive(this_process()) is True
    assert this_process().pid == os.getpid()


def test_a_process_is_dead_once_it_is_killed_even_if_nobody_has_waited_for_it():
    process = subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdout.readline()
    started = processes._started(process.pid)
    assert alive_here(process.pid, started) is True
    assert alive_here(process.pid, "") is None
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert alive_here(process.pid, started) is False
    process.wait()
    assert alive_here(process.pid, started) is False


def test_another_process_with_the_same_number_is_another():
    assert alive(replace(this_process(), started="1")) is False


def test_of_another_machine_or_another_start_of_this_one_nothing_is_known():
    assert alive(replace(this_process(), host="far-away")) is None
    assert alive(replace(this_process(), boot="another")) is None


def test_numbers_that_no_process_can_have_are_of_the_dead():
    assert alive(replace(this_process(), pid=2**40)) is False
    assert alive(replace(this_process(), pid=2**22 + 1)) is False


def test_machines_have_short_names_that_differ():
    here = this_process()
    assert here.machine == this_process().machine
    assert here.machine != replace(here, host="far-away").machine
    assert here.machine.isalnum()
