// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Properties of Error: nil, identity, wrapping, static storage.
#include "runtime/errors/errors.h"

#include <gtest/gtest.h>

#include <sstream>

namespace unpark {
namespace {

constinit const Error::Rep kSlowRep("too slow", /*timeout=*/true);
constinit const Error kSlow(&kSlowRep);

TEST(ErrorTest, DefaultIsNil) {
  Error nil;
  EXPECT_FALSE(nil);
  EXPECT_EQ(nil, Error());
  EXPECT_EQ(nil.text(), "<nil>");
}

TEST(ErrorTest, EqualMeansTheSameErrorNotTheSameText) {
  Error a("disk full");
  Error copy = a;
  Error b("disk full");
  EXPECT_TRUE(a);
  EXPECT_EQ(a, copy);
  EXPECT_FALSE(a == b);
  EXPECT_EQ(a.text(), b.text());
}

TEST(ErrorTest, TextOutlivesTheErrorItWasCopiedFrom) {
  Error copy;
  {
    Error original(std::string(100, 'x'));
    copy = original;
  }
  EXPECT_EQ(copy.text(), std::string(100, 'x'));
}

TEST(ErrorTest, WrapKeepsTheChain) {
  Error disk("disk full");
  Error outer = Error::Wrap("save", Error::Wrap("write", disk));
  EXPECT_EQ(outer.text(), "save: write: disk full");
  EXPECT_TRUE(outer.Is(disk));
  EXPECT_TRUE(outer.Is(outer));
  EXPECT_FALSE(disk.Is(outer));
  EXPECT_FALSE(outer.Is(Error("disk full")));
}

TEST(ErrorTest, WrapOfNilIsNil) { EXPECT_FALSE(Error::Wrap("save", Error())); }

TEST(ErrorTest, NilIsOnlyNil) {
  EXPECT_TRUE(Error().Is(Error()));
  EXPECT_FALSE(Error().Is(kSlow));
}

TEST(ErrorTest, TimeoutIsFoundThroughWrapping) {
  EXPECT_TRUE(kSlow.Timeout());
  EXPECT_TRUE(Error::Wrap("dial", kSlow).Timeout());
  EXPECT_FALSE(Error("refused").Timeout());
  EXPECT_FALSE(Error().Timeout());
}

TEST(ErrorTest, LongChainIsReleasedWithoutRecursion) {
  Error chain("root");
  const Error root = chain;
  for (int i = 0; i < 1000; ++i) chain = Error::Wrap("x", chain);
  EXPECT_TRUE(chain.Is(root));
  EXPECT_EQ(chain.text().size(), 1000 * 3 + 4u);
}

TEST(ErrorTest, PrintsItsText) {
  std::ostringstream out;
  out << kSlow << '|' << Error();
  EXPECT_EQ(out.str(), "too slow|<nil>");
}

}  // namespace
}  // namespace unpark
