// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// The text form of programs.
#include "runtime/conformance/differential/program.h"

#include <cstring>
#include <stdexcept>

namespace unpark::differential {
namespace {

constexpr char kOpLetters[] = "svRcSDWLUnluXYNpgG";

std::string ListText(const std::vector<int>& numbers) {
  std::string text;
  for (const int n : numbers) text += (text.empty() ? "" : ",") + (n < 0 ? "-" : std::to_string(n));
  return text;
}

std::string OpText(const Op& op) {
  std::string text(1, static_cast<char>(op.kind));
  if (op.kind == OpKind::kYield) return text;
  if (op.kind != OpKind::kSelect) {
    text += std::to_string(op.index);
    return op.kind == OpKind::kSend ? text + "=" + std::to_string(op.value) : text;
  }
  text += "[";
  for (const Case& c : op.cases) {
    if (text.back() != '[') text += ",";
    text += (c.sends ? "s" : "v") + std::to_string(c.channel);
    if (c.sends) text += "=" + std::to_string(c.value);
  }
  if (op.has_default) text += text.back() == '[' ? "d" : ",d";
  return text + "]";
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool AtEnd() const { return at_ == text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }
  char Next() {
    if (AtEnd()) Fail("unexpected end");
    return text_[at_++];
  }
  bool Skip(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  void Expect(char c) {
    if (!Skip(c)) Fail(std::string("expected '") + c + "'");
  }
  int Number() {
    if (Peek() < '0' || Peek() > '9') Fail("expected a number");
    int n = 0;
    while (Peek() >= '0' && Peek() <= '9') n = 10 * n + (Next() - '0');
    return n;
  }
  std::vector<int> List() {
    std::vector<int> list;
    while (Peek() != ' ') {
      if (!list.empty()) Expect(',');
      list.push_back(Skip('-') ? -1 : Number());
    }
    return list;
  }
  Op ReadOp() {
    const char letter = Next();
    if (std::strchr(kOpLetters, letter) == nullptr) Fail("unknown operation");
    Op op;
    op.kind = static_cast<OpKind>(letter);
    if (op.kind == OpKind::kYield) return op;
    if (op.kind == OpKind::kSelect) {
      ReadCases(&op);
      return op;
    }
    op.index = Number();
    if (op.kind == OpKind::kSend) {
      Expect('=');
      op.value = Number();
    }
    return op;
  }
  [[noreturn]] void Fail(const std::string& what) const {
    throw std::invalid_argument("program \"" + std::string(text_) + "\", position " +
                                std::to_string(at_) + ": " + what);
  }

 private:
  void ReadCases(Op* op) {
    Expect('[');
    for (bool first = true; !Skip(']'); first = false) {
      if (!first) Expect(',');
      if (Skip('d')) {
        op->has_default = true;
        continue;
      }
      Case c;
      c.sends = Skip('s');
      if (!c.sends) Expect('v');
      c.channel = Number();
      if (c.sends) {
        Expect('=');
        c.value = Number();
      }
      op->cases.push_back(c);
    }
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string ToText(const Program& program) {
  std::string text = "c" + ListText(program.capacities) + " w" + ListText(program.counts) + " m" +
                     std::to_string(program.mutexes) + " q" + std::to_string(program.rw_mutexes);
  for (const Body& body : program.bodies) {
    text += ";";
    if (body.started) text += "*";
    if (body.recovers) text += "!";
    for (const Op& op : body.ops) text += " " + OpText(op);
  }
  return text;
}

Program Parse(std::string_view text) {
  Reader in(text);
  Program program;
  in.Expect('c');
  program.capacities = in.List();
  in.Expect(' ');
  in.Expect('w');
  program.counts = in.List();
  in.Expect(' ');
  in.Expect('m');
  program.mutexes = in.Number();
  in.Expect(' ');
  in.Expect('q');
  program.rw_mutexes = in.Number();
  while (!in.AtEnd()) {
    in.Expect(';');
    Body body;
    body.started = in.Skip('*');
    body.recovers = in.Skip('!');
    while (in.Skip(' ')) body.ops.push_back(in.ReadOp());
    program.bodies.push_back(std::move(body));
  }
  return program;
}

}  // namespace unpark::differential
