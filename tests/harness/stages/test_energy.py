"""Energy is counted across the ends of counters, and absent where nobody may read it."""

import time
from types import SimpleNamespace

import pytest
import torch

from augbench.stages import energy as energy_module
from augbench.stages.energy import Counter, cpu_counters, energy, gpu_counters, metered

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.fixture
def powercap(tmp_path):
    """A machine of two packages, one of them to be found in two ways, with parts, and the whole platform."""
    zones = {
        "intel-rapl": None,
        "intel-rapl:0": ("package-0", 900_000_000, 1_000_000_000),
        "intel-rapl:0:0": ("core", 5, 1_000_000_000),
        "intel-rapl:0:1": ("dram", 5, 1_000_000_000),
        "intel-rapl:1": ("package-1", 10_000_000, 1_000_000_000),
        "intel-rapl:2": ("psys", 77, 1_000_000_000),
        "intel-rapl-mmio:0": ("package-0", 900_000_000, 1_000_000_000),
    }
    for folder, zone in zones.items():
        (tmp_path / folder).mkdir()
        for name, value in zip(("name", "energy_uj", "max_energy_range_uj"), zone or (), strict=False):
            (tmp_path / folder / name).write_text(f"{value}\n")
    return tmp_path


def spend(root, package: int, microjoules: int) -> None:
    for zone in root.iterdir():
        if (zone / "name").is_file() and (zone / "name").read_text() == f"package-{package}\n":
            end = int((zone / "max_energy_range_uj").read_text())
            # In one step, as the kernel: who reads meanwhile never finds half a number.
            (zone / "new").write_text(f"{(int((zone / 'energy_uj').read_text()) + microjoules) % end}\n")
            (zone / "new").replace(zone / "energy_uj")


def test_packages_are_summed_once_each(powercap):
    with metered(cpu_counters(powercap)) as joules:
        spend(powercap, 0, 2_000_000)
        spend(powercap, 1, 3_500_000)
        assert joules() == 5.5


def test_a_counter_that_begins_anew_goes_on(powercap):
    with metered(cpu_counters(powercap)) as joules:
        spend(powercap, 0, 150_000_000)
        assert joules() == 150.0
        assert int((powercap / "intel-rapl:0" / "energy_uj").read_text()) == 50_000_000


@pytest.mark.slow
def test_a_counter_that_begins_anew_twice_goes_on_since_it_is_read_in_between(powercap):
    with metered(cpu_counters(powercap), every=0.01) as joules:
        for _ in range(4):
            spend(powercap, 0, 600_000_000)
            time.sleep(0.2)
        assert joules() == 2400.0


@pytest.mark.parametrize("file", ["energy_uj", "max_energy_range_uj"])
@pytest.mark.parametrize("content", [None, "", "not a number"])
def test_what_cannot_be_read_is_absent(file, content, powercap):
    # A folder stands for a file that only root may read: tests may run as root.
    path = powercap / "intel-rapl:1" / file
    path.unlink()
    path.mkdir() if content is None else path.write_text(content)
    with metered(cpu_counters(powercap)) as joules:
        assert joules() is None


def test_what_can_no_longer_be_read_is_absent_for_good(powercap):
    with metered(cpu_counters(powercap)) as joules:
        assert joules() == 0
        kept = (powercap / "intel-rapl:0" / "energy_uj").read_text()
        (powercap / "intel-rapl:0" / "energy_uj").unlink()
        assert joules() is None
        (powercap / "intel-rapl:0" / "energy_uj").write_text(kept)
        assert joules() is None


def test_a_machine_without_counters_tells_nothing(tmp_path):
    assert cpu_counters(tmp_path / "nowhere") == []
    assert cpu_counters(tmp_path) == []


def nvml(counted: list[int], uuid: str = "GPU-0123") -> SimpleNamespace:
    """Return a library as pynvml is, of one GPU."""

    def by_uuid(name: str) -> str:
        if name != uuid:
            raise ValueError("Not Found")
        return "handle"

    def consumption(handle: str) -> int:
        assert handle == "handle"
        return counted[0]

    return SimpleNamespace(nvmlInit=lambda: None, nvmlDeviceGetHandleByUUID=by_uuid, nvmlDeviceGetTotalEnergyConsumption=consumption)


@pytest.fixture
def gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: SimpleNamespace(uuid="0123"))


def test_a_gpu_counts_in_millijoules(gpu):
    counted = [5_000]
    with metered(gpu_counters(CUDA, nvml(counted))) as joules:
        counted[0] += 1_234
        assert joules() == 1.234


@pytest.mark.parametrize(
    "library",
    [None, nvml([1], "MIG-0123"), SimpleNamespace(), SimpleNamespace(nvmlInit=lambda: 1 / 0)],
    ids=["no package", "a part of a GPU", "an older package", "no driver"],
)
def test_a_gpu_that_does_not_tell_is_absent(library, gpu, monkeypatch):
    if library is None:
        monkeypatch.setitem(__import__("sys").modules, "pynvml", None)
    assert gpu_counters(CUDA, library) == []


def test_energy_is_told_with_its_source_where_a_stage_is_alone(powercap, monkeypatch):
    monkeypatch.setattr(energy_module, "POWERCAP", powercap)
    with energy(CPU, alone=True) as told:
        spend(powercap, 1, 250_000)
        assert told() == {"energy-joules": 0.25, "energy-source": "rapl"}
    with energy(CPU, alone=False) as told:
        spend(powercap, 1, 250_000)
        assert told() == {}


def test_a_gpu_stage_tells_the_gpus_energy_and_never_that_of_the_processors(gpu, powercap, monkeypatch):
    counted = [0]
    monkeypatch.setattr(energy_module, "POWERCAP", powercap)
    monkeypatch.setattr(energy_module.importlib, "import_module", lambda name: nvml(counted))
    with energy(CUDA, alone=True) as told:
        counted[0] = 2_000
        assert told() == {"energy-joules": 2.0, "energy-source": "nvml"}
    monkeypatch.setattr(energy_module.importlib, "import_module", lambda name: nvml(counted, "GPU-other"))
    with energy(CUDA, alone=True) as told:
        assert told() == {}


def test_a_counter_ends_beyond_all_energy_unless_it_says_otherwise():
    values = iter([10, 9])
    with metered([Counter(read=lambda: next(values), end=100)]) as joules:
        assert joules() == 99e-6
