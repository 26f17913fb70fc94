# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""The bench of detectors: labelled and synthetic histories, peers, scores, tables."""
