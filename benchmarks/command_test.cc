// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tests of RunCommand: both streams, the status, and a program that fills a pipe.

#include "benchmarks/command.h"

#include <string>

#include "gtest/gtest.h"

namespace unpark::benchmarks {
namespace {

TEST(RunCommand, KeepsStreamsStatusFolderAndEnvironment) {
  CommandResult result = RunCommand(
      "/", {"sh", "-c", "pwd; echo $WORD; echo one >&2; echo two >&2; exit 7"}, {{"WORD", "word"}});
  EXPECT_EQ(result.status, 7);
  EXPECT_EQ(result.output, "/\nword");
  EXPECT_EQ(result.error, "one\ntwo");
  EXPECT_EQ(result.Reason(), "one");
}

TEST(RunCommand, SurvivesAProgramThatFillsOnePipeFirst) {
  CommandResult result = RunCommand(".", {"sh", "-c", "head -c 1000000 /dev/zero >&2; echo done"});
  EXPECT_EQ(result.error.size(), 1000000u);
  EXPECT_EQ(result.output, "done");
}

TEST(RunCommand, TellsAMissingProgramAndASignal) {
  EXPECT_EQ(RunCommand(".", {"no-such-program"}).status, 127);
  CommandResult killed = RunCommand(".", {"sh", "-c", "echo before >&2; kill -9 $$"});
  EXPECT_EQ(killed.status, -1);
  EXPECT_EQ(killed.error, "before\nended by signal 9 (Killed)");
}

}  // namespace
}  // namespace unpark::benchmarks
