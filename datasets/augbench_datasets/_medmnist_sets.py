"""What is published of MedMNIST's sets of single-label pictures: medmnist/info.py of the package medmnist 3.0.2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RECORD = "https://zenodo.org/records/10519652/files"
SIZES = (28, 64, 128, 224)


@dataclass(frozen=True, kw_only=True)
class Published:
    """One set."""

    title: str
    about: str
    classes: tuple[str, ...]
    channels: int
    counts: Mapping[str, int]
    """Images by split."""
    md5: tuple[str, str, str, str]
    """Of the file of each size."""
    licence: str = "CC BY 4.0"
    traps: tuple[str, ...] = ()


_ORGANS = (
    "bladder",
    "femur-left",
    "femur-right",
    "heart",
    "kidney-left",
    "kidney-right",
    "liver",
    "lung-left",
    "lung-right",
    "pancreas",
    "spleen",
)
SETS: Mapping[str, Published] = {
    "pathmnist": Published(
        title="PathMNIST",
        about="patches of colorectal cancer slides (NCT-CRC-HE-100K, CRC-VAL-HE-7K)",
        classes=(
            "adipose",
            "background",
            "debris",
            "lymphocytes",
            "mucus",
            "smooth muscle",
            "normal colon mucosa",
            "cancer-associated stroma",
            "colorectal adenocarcinoma epithelium",
        ),
        channels=3,
        counts={"train": 89996, "validation": 10004, "test": 7180},
        md5=(
            "a8b06965200029087d5bd730944a56c1",
            "55aa9c1e0525abe5a6b9d8343a507616",
            "ac42d08fb904d92c244187169d1fd1d9",
            "2c51a510bcdc9cf8ddb2af93af1eadec",
        ),
        traps=("Training and validation patches are of one collection, test patches of another clinical centre: validation flatters.",),
    ),
    "dermamnist": Published(
        title="DermaMNIST",
        about="10,015 dermatoscopic images of skin lesions (HAM10000)",
        classes=(
            "actinic keratoses and intraepithelial carcinoma",
            "basal cell carcinoma",
            "benign keratosis-like lesions",
            "dermatofibroma",
            "melanoma",
            "melanocytic nevi",
            "vascular lesions",
        ),
        channels=3,
        counts={"train": 7007, "validation": 1003, "test": 2005},
        md5=(
            "0744692d530f8e62ec473284d019b0c7",
            "b70a2f5635c6199aeaa28c31d7202e1f",
            "2defd784463fa5243564e855ed717de1",
            "8974907d8e169bef5f5b96bc506ae45d",
        ),
        licence="CC BY-NC 4.0",
        traps=("Pictures of one lesion lie on both sides of the split, which flatters test scores (doi:10.1038/s41597-025-04382-5).",),
    ),
    "octmnist": Published(
        title="OCTMNIST",
        about="109,309 optical coherence tomographs of the retina",
        classes=(
            "choroidal neovascularization",
            "diabetic macular edema",
            "drusen",
            "normal",
        ),
        channels=1,
        counts={"train": 97477, "validation": 10832, "test": 1000},
        md5=(
            "c68d92d5b585d8d81f7112f81e2d0842",
            "e229e9440236b774d9f0dfef9d07bdaf",
            "0a97e76651ace45c5d943ee3f65b63ae",
            "abc493b6d529d5de7569faaef2773ba3",
        ),
    ),
    "pneumoniamnist": Published(
        title="PneumoniaMNIST",
        about="5,856 chest X-rays of children",
        classes=(
            "normal",
            "pneumonia",
        ),
        channels=1,
        counts={"train": 4708, "validation": 524, "test": 624},
        md5=(
            "28209eda62fecd6e6a2d98b1501bb15f",
            "8f4eceb4ccffa70c672198ea285246c6",
            "05b46931834c231683c68f40c47b2971",
            "d6a3c71de1b945ea11211b03746c1fe1",
        ),
    ),
    "retinamnist": Published(
        title="RetinaMNIST",
        about="1,600 fundus images of the DeepDRiD challenge",
        classes=(
            "0",
            "1",
            "2",
            "3",
            "4",
        ),
        channels=3,
        counts={"train": 1080, "validation": 120, "test": 400},
        md5=(
            "bd4c0672f1bba3e3a89f0e4e876791e4",
            "afda852cc34dcda56f86ad2b2457dbcc",
            "e48e916a24454daf90583d4e6efb1a18",
            "eae7e3b6f3fcbda4ae613ebdcbe35348",
        ),
        traps=("The classes are grades 0 to 4 of diabetic retinopathy: their order is not used here.",),
    ),
    "breastmnist": Published(
        title="BreastMNIST",
        about="780 breast ultrasound images",
        classes=(
            "malignant",
            "normal, benign",
        ),
        channels=1,
        counts={"train": 546, "validation": 78, "test": 156},
        md5=(
            "750601b1f35ba3300ea97c75c52ff8f6",
            "742edef2a1fd1524b2efff4bd7ba9364",
            "363e4b3f8d712e9b5de15470a2aaadf1",
            "b56378a6eefa9fed602bb16d192d4c8b",
        ),
        traps=(
            "Normal and benign are one class, malignant the other.",
            "Its test split has 156 images: one of them moves accuracy by 0.6 points.",
        ),
    ),
    "bloodmnist": Published(
        title="BloodMNIST",
        about="17,092 single cells of normal blood, cut out of pictures of 360 x 363",
        classes=(
            "basophil",
            "eosinophil",
            "erythroblast",
            "immature granulocytes(myelocytes, metamyelocytes and promyelocytes)",
            "lymphocyte",
            "monocyte",
            "neutrophil",
            "platelet",
        ),
        channels=3,
        counts={"train": 11959, "validation": 1712, "test": 3421},
        md5=(
            "7053d0359d879ad8a5505303e11de1dc",
            "2b94928a2ae4916078ca51e05b6b800b",
            "adace1e0ed228fccda1f39692059dd4c",
            "b718ff6835fcbdb22ba9eacccd7b2601",
        ),
        traps=("Its imbalance is mild: wrap it in long-tail for a hard case.",),
    ),
    "tissuemnist": Published(
        title="TissueMNIST",
        about="236,386 kidney cortex cells of three specimens (BBBC051), the largest values of seven slices",
        classes=(
            "Collecting Duct, Connecting Tubule",
            "Distal Convoluted Tubule",
            "Glomerular endothelial cells",
            "Interstitial endothelial cells",
            "Leukocytes",
            "Podocytes",
            "Proximal Tubule Segments",
            "Thick Ascending Limb",
        ),
        channels=1,
        counts={"train": 165466, "validation": 23640, "test": 47280},
        md5=(
            "ebe78ee8b05294063de985d821c1c34b",
            "123ece2eba09d0aa5d698fda57103344",
            "61b955355d7425a89687b06cca3ce0c2",
            "b077128c4a949f0a4eb01517f9037b9c",
        ),
        traps=("The cells come from three specimens; the originals have 32 x 32 pixels, so that larger sizes hold nothing more.",),
    ),
    "organamnist": Published(
        title="OrganAMNIST",
        about="axial slices of the CT scans of the Liver Tumor Segmentation Benchmark",
        classes=_ORGANS,
        channels=1,
        counts={"train": 34561, "validation": 6491, "test": 17778},
        md5=(
            "68e3f8846a6bd62f0c9bf841c0d9eacc",
            "2dcccc29b88e6da5a01161ef20cda288",
            "eeae80d0a227a8d099027e1b3cfd3b60",
            "50747347e05c87dd3aaf92c49f9f3170",
        ),
        traps=("Kidneys, lungs and femora of left and right are classes of their own: mirrored pictures get the wrong label.",),
    ),
    "organcmnist": Published(
        title="OrganCMNIST",
        about="coronal slices of the CT scans of the Liver Tumor Segmentation Benchmark",
        classes=_ORGANS,
        channels=1,
        counts={"train": 12975, "validation": 2392, "test": 8216},
        md5=(
            "b9ceb9546e10131b32923c5bbeaea2b1",
            "3ce34a8724ea6f548e6db4744d03b6a9",
            "773c1f009daa3fe5d9a2a201b2a7ed94",
            "050f5e875dc056f6768abf94ec9995d1",
        ),
        traps=("Kidneys, lungs and femora of left and right are classes of their own: mirrored pictures get the wrong label.",),
    ),
    "organsmnist": Published(
        title="OrganSMNIST",
        about="sagittal slices of the CT scans of the Liver Tumor Segmentation Benchmark",
        classes=_ORGANS,
        channels=1,
        counts={"train": 13932, "validation": 2452, "test": 8827},
        md5=(
            "9ab87b696fb54e2a387ebe992d6ed5f1",
            "53a6d115339d874c25e309a994ff46d3",
            "ded0c5fa01a95dc4978b956f613e9b8e",
            "b354719e553fbbb2513d5533f52a4cb1",
        ),
        traps=("Kidneys, lungs and femora of left and right are classes of their own: mirrored pictures get the wrong label.",),
    ),
}
