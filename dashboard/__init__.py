# Copyright 2026 The Unpark Authors.
# SPDX-License-Identifier: Apache-2.0
"""Turns benchmark files into a history, verdicts and a report; see README.md beside this file."""
