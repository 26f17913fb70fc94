// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Tests of Machine: what is read of the machine, the build and git.

#include "benchmarks/machine.h"

#include <elf.h>
#include <stdlib.h>

#include <cstring>
#include <filesystem>
#include <string>

#include "gtest/gtest.h"

namespace unpark::benchmarks {
namespace {

// An ELF file with the one section that is looked for.
std::string ElfWithSection(const std::string& name, const std::string& content) {
  std::string names = std::string("\0", 1) + name + std::string("\0", 1);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_shoff = sizeof header;
  header.e_shnum = 2;
  header.e_shstrndx = 1;
  Elf64_Shdr section{}, strings{};
  std::size_t data = sizeof header + sizeof section + sizeof strings;
  section.sh_name = 1;
  section.sh_offset = data;
  section.sh_size = content.size();
  strings.sh_offset = data + content.size();
  strings.sh_size = names.size();
  auto bytes = [](const auto& object) {
    return std::string(reinterpret_cast<const char*>(&object), sizeof object);
  };
  return bytes(header) + bytes(section) + bytes(strings) + content + names;
}

TEST(RecordedCompilerFlags, KeepsWhatChangesCode) {
  constexpr char kRecorded[] =
      "GNU C++20 12.2.0 -O2 -g1\0-iquote . -march=x86-64-v2 -MD a/b.d "
      "-ffile-prefix-map=/home/me=. -DNDEBUG -O2 -DNAME=x -std=c++20";
  std::string recorded(kRecorded, sizeof kRecorded);
  EXPECT_EQ(RecordedCompilerFlags(ElfWithSection(".GCC.command.line", recorded)),
            "-O2 -g1 -march=x86-64-v2 -DNDEBUG -std=c++20");
}

TEST(RecordedCompilerFlags, AreUnknownWithoutTheSection) {
  EXPECT_EQ(RecordedCompilerFlags(ElfWithSection(".comment", "-O2")), "unknown");
  EXPECT_EQ(RecordedCompilerFlags("no ELF file"), "unknown");
  EXPECT_EQ(RecordedCompilerFlags(""), "unknown");
}

TEST(RecordedCompilerFlags, SurvivesATruncatedFile) {
  std::string whole = ElfWithSection(".GCC.command.line", "-O2");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::string flags = RecordedCompilerFlags(whole.substr(0, size));
    EXPECT_TRUE(flags == "unknown" || flags == "-O2") << size << ": " << flags;
  }
}

TEST(DescribeMachine, IsTheSameTwiceAndRecordsThisBuild) {
  auto description = DescribeMachine();
  EXPECT_EQ(description, DescribeMachine());
  EXPECT_NE(description["compiler_flags"].find("-std=c++20"), std::string::npos)
      << description["compiler_flags"];
  EXPECT_EQ(description["machine"].size(), 16u);
  EXPECT_EQ(description["build_id"].size(), 16u);
}

TEST(FindCommit, SaysHowToGiveItWhereGitKnowsNone) {
  std::filesystem::path folder = std::filesystem::temp_directory_path() / "unpark_machine_test";
  std::filesystem::create_directory(folder);
  setenv("GIT_CEILING_DIRECTORIES", folder.parent_path().c_str(), 1);
  Commit commit;
  std::string wrong = FindCommit(folder, "", &commit);
  EXPECT_TRUE(wrong.starts_with("the commit is not known (")) << wrong;
  EXPECT_TRUE(wrong.ends_with("): give it with --commit=HASH")) << wrong;
  std::string given(40, 'a');
  EXPECT_EQ(FindCommit(folder, given, &commit), "");
  EXPECT_EQ(commit.hash, given);
  EXPECT_EQ(commit.dirty, "");
  std::filesystem::remove(folder);
}

TEST(UserPath, FollowsTheUserOutOfBazelsFolder) {
  setenv("BUILD_WORKING_DIRECTORY", "/somewhere", 1);
  EXPECT_EQ(UserPath("run.json"), "/somewhere/run.json");
  EXPECT_EQ(UserPath("/run.json"), "/run.json");
  unsetenv("BUILD_WORKING_DIRECTORY");
  EXPECT_EQ(UserPath("run.json"), "run.json");
}

}  // namespace
}  // namespace unpark::benchmarks
