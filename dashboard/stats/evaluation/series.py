# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Readers of the public labelled histories: SAP HANA 2021 and 2022, and the Turing data set."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Labelled:
    """A history and the change points people marked in it (from 0, first of the new level)."""

    name: str
    values: NDArray[np.float64]
    marks: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Marks by person; empty where nobody looked."""
    kind: str = ""


def read_sap_2021(folder: Path) -> list[Labelled]:
    """Series with SAP's verdict: one mark where it is a regression, else none."""
    with (folder / "dataset_details.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    result = []
    for row in rows:
        path = folder / "data" / row["Dataset"]
        if not path.exists():
            continue
        with path.open(encoding="utf-8") as file:
            values = np.array([float(line["Measurement"]) for line in csv.DictReader(file)])
        change = int(row["Change Point"])
        marks = {"SAP": [change] if change else []}
        result.append(Labelled(row["Dataset"], values, marks, row["Type"].strip()))
    return result


def read_sap_2022(folder: Path) -> list[Labelled]:
    """Series without marks; the values are the medians of a version's repetitions."""
    result = []
    with gzip.open(folder / "series.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            values = np.array(record["median"], dtype=float)
            result.append(Labelled(str(record["id"]), values, record.get("marks", {})))
    return result


def read_tcpd(folder: Path) -> list[Labelled]:
    """Series of the Turing Change Point Dataset with one dimension, and their five people."""
    marks = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    result = []
    for path in sorted((folder / "series").glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        if record.get("n_dim", 1) != 1 or record["name"] not in marks:
            continue
        raw = record["series"][0]["raw"]
        values = np.array([np.nan if v is None else float(v) for v in raw])
        result.append(Labelled(record["name"], values, marks[record["name"]]))
    return result
