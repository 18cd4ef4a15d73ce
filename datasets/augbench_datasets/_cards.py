"""What readers should know of the two data sets of blood cells that papers share."""

from __future__ import annotations

from augbench import Card

JURKAT = Card(
    title="BBBC048: Jurkat cells in seven phases of the cell cycle",
    source="https://bbbc.broadinstitute.org/BBBC048",
    licence="CC BY-NC-SA 3.0",
    citation=(
        "Eulenberg P, Köhler N, Blasi T, Filby A, Carpenter AE, Rees P, Theis FJ, Wolf FA. "
        "Reconstructing cell cycle and disease progression using deep learning. Nature Communications 8:463, 2017."
    ),
    images="32,266 cells of 66 x 66 pixels, three grey 8-bit channels each: brightfield (Ch3), propidium iodide and MPM2 (Ch4, Ch6)",
    traps=(
        "Label codes differ between files: in img.lst Prophase is 2, in the authors' lists 3; here the class comes from the folder.",
        "A merged picture lies beside the three channels of each cell, so that *.jpg finds four pictures of one cell.",
        "The authors' training list names rare cells many times (an anaphase 66 times): 33,070 lines are 29,039 cells. Take each once.",
        "Two anaphases and three telophases are in the test set: one cell moves their F1 by a third. Use folds and several seeds.",
        "Sources contradict each other on which of Ch4 and Ch6 is which stain.",
        "Prophase holds prometaphases, which have no class of their own.",
    ),
    notes=(
        "The archive holds no split; the authors' lists are in records/ of github.com/theislab/deepflow.",
        "Without those lists, as many test cells of each class are drawn, with a seed.",
        "No groups are known: cells of one sample are in training and test set.",
        "No checksum of the archive is published.",
    ),
)

RED_CELLS = Card(
    title="Red blood cells in storage, seven shapes",
    source="https://figshare.com/articles/figure/URL7_Annotated_Data/12432506",
    licence="as stated at the source; not known here",
    citation=(
        "Doan M, Sebastian JA, Caicedo JC, et al. Objective assessment of stored blood quality by deep learning. "
        "Proceedings of the National Academy of Sciences 117(35):21381-21390, 2020."
    ),
    images=(
        "64,734 images in the paper (40,916 to train, 14,764 to validate, 9,054 to test), cut to 48 x 48; "
        "a cell is three grey 8-bit pictures: two brightfield (Ch1, Ch9), one dark-field (Ch12)"
    ),
    groups="bags of blood, of two sites (Canadian, Swiss)",
    traps=(
        "Sizes vary from picture to picture.",
        "Some brightfield pictures are near-black and are discarded by everyone who describes what they did, with different thresholds.",
        "Dark-field pictures are near-black by nature: a threshold over all files drops them.",
        "A folder Undecidable holds cells that experts did not agree on; it is no class.",
        "Bags come from two sites, where shares of classes may differ: then a class is told by its site as well.",
        "How many images each class has is not published; whether an image of the paper is a cell or a single picture is not said.",
        "Doan et al. tested on images sampled to equal classes, Rana et al. 2022 on all: their scores are of different test sets.",
    ),
    notes=(
        "That the folders Training, Test2 and Test3 are the paper's training, validation and test images follows from their names only.",
        "No checksum is published.",
    ),
)
