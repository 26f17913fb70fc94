// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Files, connections, and the scheduler with goroutines that wait for them.
#include "runtime/net/net.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/go.h"
#include "runtime/net/file.h"
#include "runtime/observe/counters.h"
#include "runtime/os/sanitizer.h"
#include "runtime/sched/netpoll.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::net {
namespace {

using namespace std::chrono_literals;

constexpr int kConns = UNPARK_SANITIZER ? 100 : 1000;
constexpr int kRounds = UNPARK_SANITIZER ? 200 : 2000;
const Time kPast = Time(1ns);

// How many goroutines have parked for I/O since it was made.
class IoParks {
 public:
  void Await(std::uint64_t n) const {
    while (ReadCounters().parks_io - before_ < n) Gosched();
  }
  // The same from a thread outside the runtime.
  void AwaitOutside(std::uint64_t n) const {
    while (ReadCounters().parks_io - before_ < n) std::this_thread::yield();
  }

 private:
  const std::uint64_t before_ = ReadCounters().parks_io;
};

std::string Text(const Error& err) { return std::string(err.text()); }

std::string ReadSome(const File& file) {
  std::array<char, 256> buffer;
  const auto [n, err] = file.Read(buffer);
  return err ? Text(err) : std::string(buffer.data(), n);
}

struct ConnPair {
  Conn client, server;
};

ConnPair Connected(const Listener& listener, std::string_view network = "tcp") {
  Chan<Conn> accepted(1);
  go([=] { accepted.Send(listener.Accept().conn); });
  auto [client, err] = Dial(network, listener.Addr());
  EXPECT_FALSE(err) << err;
  return {client, *accepted.Recv()};
}

ConnPair TcpPair() {
  auto [listener, err] = Listen("tcp", "127.0.0.1:0");
  EXPECT_FALSE(err) << err;
  return Connected(listener);
}

// --- files

TEST(FileTest, APipeCarriesBytesAndTheReaderParks) {
  Main([] {
    auto [reader, writer, err] = Pipe();
    ASSERT_FALSE(err);
    Chan<std::string> got(0);
    const IoParks parks;
    go([got, reader = reader] {
      got.Send(ReadSome(reader));
      got.Send(ReadSome(reader));
    });
    parks.Await(1);
    EXPECT_EQ(writer.Write("hello").n, 5u);
    EXPECT_EQ(*got.Recv(), "hello");
    EXPECT_FALSE(writer.Close());
    EXPECT_EQ(*got.Recv(), "EOF");
  });
}

TEST(FileTest, AFullPipeParksTheWriterUntilAllIsWritten) {
  Main([] {
    auto [reader, writer, err] = Pipe();
    const std::string sent(1 << 20, 'x');
    Chan<IoResult> done(1);
    const IoParks parks;
    go([&, done, writer = writer] { done.Send(writer.Write(sent)); });
    parks.Await(1);
    std::string got(sent.size(), '\0');
    EXPECT_EQ(ReadFull(reader, got).n, sent.size());
    EXPECT_EQ(got, sent);
    EXPECT_EQ(done.Recv()->n, sent.size());
  });
}

TEST(FileTest, AnEventfdIsAFile) {
  Main([] {
    const File event(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "event");
    Chan<std::uint64_t> got(0);
    const IoParks parks;
    go([=] {
      std::uint64_t count = 0;
      const std::span<char> bytes(reinterpret_cast<char*>(&count), sizeof count);
      EXPECT_FALSE(ReadFull(event, bytes).err);
      got.Send(count);
    });
    parks.Await(1);
    const std::uint64_t seven = 7;
    event.Write({reinterpret_cast<const char*>(&seven), sizeof seven});
    EXPECT_EQ(*got.Recv(), 7u);
  });
}

TEST(FileTest, WhatCannotBePolledIsReadInABlockingSection) {
  const std::string path = testing::TempDir() + "/net_test_file";
  Main([&] {
    const File file(open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_NONBLOCK, 0600), path);
    const Counters before = ReadCounters();
    EXPECT_EQ(file.Write("text").n, 4u);
    EXPECT_GE((ReadCounters() - before).blocking_calls, 1u);
    EXPECT_EQ(file.SetDeadline(Now() + 1s), kNoDeadline);
    EXPECT_FALSE(file.Close());

    // In blocking mode, so that others who share it are not surprised.
    std::array<int, 2> fds;
    ASSERT_EQ(pipe(fds.data()), 0);
    const File reader(fds[0], "blocking");
    Chan<std::string> got(0);
    go([=] { got.Send(ReadSome(reader)); });
    ASSERT_EQ(write(fds[1], "late", 4), 4);
    EXPECT_EQ(*got.Recv(), "late");
    close(fds[1]);
  });
  std::filesystem::remove(path);
}

TEST(FileTest, CloseWakesAllWhoReadAndWaitsForThem) {
  for (int round = 0; round < kRounds / 20; ++round) {
    Main([] {
      auto [reader, writer, err] = Pipe();
      constexpr int kReaders = 5;
      std::atomic<int> told{0};
      WaitGroup all;
      const IoParks parks;
      for (int i = 0; i < kReaders; ++i) {
        all.Go([&told, reader = reader] {
          EXPECT_EQ(ReadSome(reader), "read |0: file already closed");
          told.fetch_add(1);
        });
      }
      parks.Await(1);
      EXPECT_FALSE(reader.Close());
      all.Wait();
      EXPECT_EQ(told.load(), kReaders);
      EXPECT_EQ(Text(reader.Close()), "close |0: file already closed");
      EXPECT_EQ(reader.SetDeadline(Now()), kFileClosed);
      EXPECT_EQ(Text(writer.Write("x").err), "write |1: broken pipe");
    });
  }
}

TEST(FileTest, TheLastHandleCloses) {
  Main([] {
    auto [reader, writer, err] = Pipe();
    std::optional<File> one = writer, two = writer;
    writer = File();
    one.reset();
    two->Write("x");
    EXPECT_EQ(ReadSome(reader), "x");
    two.reset();
    EXPECT_EQ(ReadSome(reader), "EOF");
  });
}

TEST(FileTest, ADescriptorIsReusedOnlyAfterItsReaderHasGone) {
  // Readers of a closed pipe must say so, and never read from the pipe that got its number.
  Main({.procs = 4}, [] {
    for (int i = 0; i < kRounds; ++i) {
      auto [reader, writer, err] = Pipe();
      ASSERT_FALSE(err) << err;
      WaitGroup all;
      all.Go([reader = reader] { EXPECT_EQ(ReadSome(reader), "read |0: file already closed"); });
      all.Go([reader = reader] {
        reader.Close();
        auto [next_reader, next_writer, next_err] = Pipe();
        next_writer.Write("not for you");
        EXPECT_EQ(ReadSome(next_reader), "not for you");
      });
      all.Wait();
    }
  });
}

class SignalDeathTest : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(SignalDeathTest, OnlyOurOwnWritesAreSparedSigpipe) {
  EXPECT_EXIT(Main([] {
                signal(SIGPIPE, SIG_DFL);
                auto [reader, writer, err] = Pipe();
                reader.Close();
                if (!writer.Write("x").err.Is(SystemError(EPIPE))) _exit(1);
                std::array<int, 2> fds;
                if (pipe(fds.data()) != 0) _exit(2);
                close(fds[0]);
                static_cast<void>(!write(fds[1], "x", 1));
                _exit(3);
              }),
              testing::KilledBySignal(SIGPIPE), "");
}

// --- deadlines

TEST(DeadlineTest, APassedOneWakesWhoWaitsAndAnewOneRevives) {
  Main([] {
    auto [reader, writer, err] = Pipe();
    for (int i = 0; i < kRounds / 10; ++i) {
      Chan<std::string> got(0);
      const IoParks parks;
      go([got, reader = reader] { got.Send(ReadSome(reader)); });
      parks.Await(1);
      EXPECT_FALSE(reader.SetReadDeadline(kPast));
      EXPECT_EQ(*got.Recv(), "read |0: i/o timeout");
      // Also what comes later, though there is something to read.
      writer.Write("x");
      EXPECT_EQ(ReadSome(reader), "read |0: i/o timeout");
      EXPECT_FALSE(reader.SetReadDeadline(Time{}));
      EXPECT_EQ(ReadSome(reader), "x");
    }
  });
}

TEST(DeadlineTest, TimesOutNotBefore) {
  Main([] {
    auto [client, server] = TcpPair();
    for (const Duration d : {1us, 100us, 3000us}) {
      const Time begin = Now();
      client.SetReadDeadline(begin + d);
      char c;
      const Error err = client.Read({&c, 1}).err;
      EXPECT_GE(Now() - begin, d);
      EXPECT_TRUE(err.Is(kIoTimeout)) << err;
      EXPECT_TRUE(err.Timeout());
    }
  });
}

TEST(DeadlineTest, OneThatIsMovedAwayDoesNotCount) {
  // A reader that was woken by a deadline, but finds it moved before it runs, waits on.
  Main({.procs = 2}, [] {
    auto [reader, writer, err] = Pipe();
    for (int i = 0; i < kRounds; ++i) {
      Chan<std::string> got(1);
      go([got, reader = reader] { got.Send(ReadSome(reader)); });
      Gosched();
      reader.SetReadDeadline(kPast);
      reader.SetReadDeadline(Time{});
      writer.Write("x");
      const std::string text = *got.Recv();
      if (text != "x") {
        ASSERT_EQ(text, "read |0: i/o timeout");
        ASSERT_EQ(ReadSome(reader), "x");
      }
    }
  });
}

TEST(DeadlineTest, EachDirectionHasItsOwn) {
  Main([] {
    auto [client, server] = TcpPair();
    client.SetReadDeadline(kPast);
    EXPECT_EQ(client.Write("x").n, 1u);
    char c;
    EXPECT_TRUE(client.Read({&c, 1}).err.Is(kIoTimeout));
    client.SetDeadline(Time{});
    client.SetWriteDeadline(kPast);
    EXPECT_TRUE(client.Write("x").err.Is(kIoTimeout));
    server.Write("y");
    EXPECT_EQ(client.Read({&c, 1}).n, 1u);
    EXPECT_EQ(c, 'y');
  });
}

// --- connections

// Echoes until the peer closes its side.
void Echo(const Conn& conn) {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto [n, err] = conn.Read(buffer);
    if (err) break;
    ASSERT_FALSE(conn.Write({buffer.data(), n}).err);
  }
  conn.Close();
}

void EchoOverMany(std::string_view network, std::string_view address, int conns) {
  auto [listener, err] = Listen(network, address);
  ASSERT_FALSE(err) << err;
  WaitGroup server;
  server.Go([&, listener = listener] {
    for (;;) {
      auto [conn, accept_err] = listener.Accept();
      if (accept_err) {
        EXPECT_TRUE(accept_err.Is(kConnClosed)) << accept_err;
        return;
      }
      server.Go([conn = conn] { Echo(conn); });
    }
  });
  WaitGroup clients;
  std::atomic<int> right{0};
  for (int i = 0; i < conns; ++i) {
    clients.Go([&, i] {
      auto [conn, dial_err] = Dial(network, listener.Addr());
      ASSERT_FALSE(dial_err) << dial_err;
      for (int k = 0; k < 10; ++k) {
        const std::string sent = std::to_string(i) + ":" + std::to_string(k) + ";";
        ASSERT_EQ(conn.Write(sent).n, sent.size());
        std::string got(sent.size(), '\0');
        ASSERT_FALSE(ReadFull(conn, got).err);
        if (got == sent) right.fetch_add(1);
      }
      ASSERT_FALSE(conn.CloseWrite());
      char c;
      EXPECT_EQ(conn.Read({&c, 1}).err, kEof);
    });
  }
  clients.Wait();
  EXPECT_EQ(right.load(), 10 * conns);
  EXPECT_FALSE(listener.Close());
  server.Wait();
}

TEST(ConnTest, AThousandAtATimeEcho) {
  for (const int procs : {1, 2, 8}) {
    Main({.procs = procs}, [] { EchoOverMany("tcp", "127.0.0.1:0", kConns); });
  }
}

TEST(ConnTest, UnixSocketsEchoAndTheirPathGoes) {
  // Not in TempDir: a socket's path has room for 107 characters.
  char directory[] = "/tmp/net_test.XXXXXX";
  ASSERT_NE(mkdtemp(directory), nullptr);
  const std::string path = std::string(directory) + "/socket";
  Main([&] {
    EchoOverMany("unix", path, 50);
    EXPECT_FALSE(std::filesystem::exists(path));
    auto [listener, err] = Listen("unix", path);
    ASSERT_FALSE(err) << err;
    auto [client, server] = Connected(listener, "unix");
    EXPECT_EQ(client.LocalAddr(), "@");
    EXPECT_EQ(client.RemoteAddr(), path);
    EXPECT_EQ(server.LocalAddr(), path);
    EXPECT_EQ(server.RemoteAddr(), "@");
  });
  std::filesystem::remove_all(directory);
}

TEST(ConnTest, TcpOverIpv6) {
  Main([] {
    auto [listener, err] = Listen("tcp", "[::1]:0");
    if (err) GTEST_SKIP() << err;
    auto [client, server] = Connected(listener);
    EXPECT_TRUE(client.RemoteAddr().starts_with("[::1]:"));
    client.Write("x");
    char c;
    EXPECT_EQ(server.Read({&c, 1}).n, 1u);
  });
}

TEST(ConnTest, EachWriteIsWhole) {
  Main({.procs = 4}, [] {
    auto [client, server] = TcpPair();
    constexpr int kWriters = 8;
    constexpr std::size_t kBlock = 300'000;
    WaitGroup all;
    for (int i = 0; i < kWriters; ++i) {
      all.Go([i, client = client] {
        const std::string block(kBlock, static_cast<char>('a' + i));
        EXPECT_EQ(client.Write(block).n, block.size());
      });
    }
    std::string seen;
    for (int i = 0; i < kWriters; ++i) {
      std::string block(kBlock, '\0');
      ASSERT_FALSE(ReadFull(server, block).err);
      EXPECT_EQ(block, std::string(kBlock, block[0]));
      seen += block[0];
    }
    all.Wait();
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(seen, "abcdefgh");
  });
}

TEST(ConnTest, ErrorsHaveGosTexts) {
  Main([] {
    auto [listener, err] = Listen("tcp", "127.0.0.1:0");
    auto [client, server] = Connected(listener);
    const std::string way = client.LocalAddr() + "->" + client.RemoteAddr();
    EXPECT_EQ(client.RemoteAddr(), listener.Addr());
    EXPECT_EQ(Text(Listen("tcp", listener.Addr()).err),
              "listen tcp " + listener.Addr() + ": bind: address already in use");
    char c;
    client.SetDeadline(kPast);
    EXPECT_EQ(Text(client.Read({&c, 1}).err), "read tcp " + way + ": i/o timeout");
    EXPECT_EQ(Text(client.Write("x").err), "write tcp " + way + ": i/o timeout");
    EXPECT_FALSE(client.Close());
    const std::string closed = ": use of closed network connection";
    EXPECT_EQ(Text(client.Read({&c, 1}).err), "read tcp " + way + closed);
    EXPECT_EQ(Text(client.Close()), "close tcp " + way + closed);
    EXPECT_EQ(Text(client.SetDeadline(Time{})), "set tcp " + client.LocalAddr() + closed);
    EXPECT_EQ(server.Read({&c, 1}).err, kEof);
    listener.SetDeadline(kPast);
    EXPECT_EQ(Text(listener.Accept().err), "accept tcp " + listener.Addr() + ": i/o timeout");
    EXPECT_FALSE(listener.Close());
    EXPECT_EQ(Text(listener.Accept().err), "accept tcp " + listener.Addr() + closed);
    const Error refused = Dial("tcp", listener.Addr()).err;
    EXPECT_EQ(Text(refused), "dial tcp " + listener.Addr() + ": connect: connection refused");
    EXPECT_TRUE(refused.Is(SystemError(ECONNREFUSED)));
  });
}

TEST(ConnTest, BadAddressesAreNamed) {
  const struct {
    const char* network;
    const char* address;
    const char* text;
  } cases[] = {
      {"tcp", "", "dial tcp: missing address"},
      {"tcp", "127.0.0.1", "dial tcp: address 127.0.0.1: missing port in address"},
      {"tcp", "127.0.0.1:99999", "dial tcp: address 99999: invalid port"},
      {"tcp", "127.0.0.1:x", "dial tcp: lookup tcp/x: unknown port"},
      {"tcp", "[::1:80", "dial tcp: address [::1:80: missing ']' in address"},
      {"tcp", "[::1]", "dial tcp: address [::1]: missing port in address"},
      {"tcp", "[::1]:80:81", "dial tcp: address [::1]:80:81: too many colons in address"},
      {"tcp", "a:b:c", "dial tcp: address a:b:c: too many colons in address"},
      {"tcp", "1.2.3:80", "dial tcp: lookup 1.2.3: no such host"},
      {"tcp4", "[::1]:80", "dial tcp4: address ::1: no suitable address found"},
      {"tcp6", "127.0.0.1:80", "dial tcp6: address 127.0.0.1: no suitable address found"},
      {"udp", "127.0.0.1:80", "dial udp: unknown network udp"},
      {"unix", "/nowhere/at/all", "dial unix /nowhere/at/all: connect: no such file or directory"},
  };
  Main([&] {
    for (const auto& c : cases) EXPECT_EQ(Text(Dial(c.network, c.address).err), c.text);
    EXPECT_EQ(Text(Listen("unix", std::string(200, 'x')).err), "listen unix: invalid argument");
    EXPECT_EQ(Text(Conn().Write("x").err), "invalid argument");
  });
}

TEST(ConnTest, DialGivesUpWhileTheListenerIsFull) {
  Main([] {
    // A queue of one: the kernel drops what comes beyond it.
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), length), 0);
    ASSERT_EQ(listen(fd, 0), 0);
    ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length), 0);
    const std::string to = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    std::vector<Conn> held;
    Error err;
    for (int i = 0; i < 10 && !err; ++i) {
      auto [conn, dial_err] = DialTimeout("tcp", to, 20ms);
      held.push_back(conn);
      err = dial_err;
    }
    EXPECT_EQ(Text(err), "dial tcp " + to + ": i/o timeout");
    close(fd);
  });
}

// --- the scheduler

bool PollerIsOpen() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    if (std::filesystem::read_symlink(entry, error).string().find("eventpoll") != std::string::npos)
      return true;
  }
  return false;
}

class NetpollDeathTest : public SignalDeathTest {};

TEST_F(NetpollDeathTest, NobodyPaysForWhatHeDoesNotUse) {
  EXPECT_EXIT(
      {
        Main([] {
          Chan<int> c(0);
          go([=] { c.Send(1); });
          c.Recv();
          Sleep(1ms);
          if (PollerIsOpen()) _exit(1);
          Pipe();
          if (!PollerIsOpen()) _exit(2);
        });
        _exit(0);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(NetpollDeathTest, DeadlocksAreStillReported) {
  // An idle thread has slept in the poller, and may still do so.
  EXPECT_EXIT(Main({.procs = 2},
                   [] {
                     auto [reader, writer, err] = Pipe();
                     Chan<int> done(0);
                     const IoParks parks;
                     go([=, reader = reader] {
                       ReadSome(reader);
                       done.Send(1);
                     });
                     parks.Await(1);
                     Sleep(1ms);
                     writer.Write("x");
                     done.Recv();
                     done.Recv();
                   }),
              testing::ExitedWithCode(2), "all goroutines are asleep - deadlock!");
}

TEST(NetpollTest, WaitingForOthersIsNoDeadlock) {
  // Only a thread outside the runtime will write.
  for (int i = 0; i < kRounds / 20; ++i) {
    std::array<int, 2> fds;
    ASSERT_EQ(pipe2(fds.data(), O_NONBLOCK | O_CLOEXEC), 0);
    std::thread writer;
    Main({.procs = 1 + i % 3}, [&] {
      const File reader(fds[0], "pipe");
      const IoParks parks;
      writer = std::thread([&, parks] {
        parks.AwaitOutside(1);
        ASSERT_EQ(write(fds[1], "x", 1), 1);
      });
      EXPECT_EQ(ReadSome(reader), "x");
    });
    writer.join();
    close(fds[1]);
  }
}

TEST(NetpollTest, TimersFireWhileAThreadSleepsInThePoller) {
  for (const int procs : {1, 2, 4}) {
    Main({.procs = procs}, [] {
      auto [reader, writer, err] = Pipe();
      reader.SetReadDeadline(Now() + 1h);
      WaitGroup all;
      const IoParks parks;
      all.Go([reader = reader] { EXPECT_EQ(ReadSome(reader), "x"); });
      parks.Await(1);
      for (int i = 0; i < 20; ++i) {
        const Time begin = Now();
        Sleep(100us);
        EXPECT_GE(Now() - begin, 100us);
      }
      // Earlier than what the poller sleeps for, and set while it sleeps.
      const Timer late(1h);
      all.Go([&] { Select(Recv(late.C())); });
      Sleep(200us);
      late.Reset(100us);
      writer.Write("x");
      all.Wait();
    });
  }
}

TEST(NetpollTest, BusyPsStillHearOfIo) {
  // The queue of the only P is never empty, so it never comes to poll by itself.
  Main({.procs = 1}, [] {
    auto [reader, writer, err] = Pipe();
    std::atomic<bool> done{false};
    const IoParks parks;
    WaitGroup all;
    all.Go([&, reader = reader] {
      EXPECT_EQ(ReadSome(reader), "x");
      done = true;
    });
    parks.Await(1);
    for (int i = 0; i < 2; ++i) {
      all.Go([&] {
        while (!done) Gosched();
      });
    }
    Gosched();
    writer.Write("x");
    all.Wait();
  });
}

TEST(NetpollTest, IoGoesOnBesideBlockingSections) {
  for (const int procs : {1, 2}) {
    Main({.procs = procs}, [] {
      // What ends the Blocking sections is written by goroutines that wait for I/O.
      constexpr int kPairs = 4;
      auto [reader, writer, err] = Pipe();
      std::array<std::array<int, 2>, kPairs> raw;
      WaitGroup all;
      const IoParks parks;
      for (auto& fds : raw) {
        ASSERT_EQ(pipe(fds.data()), 0);
        all.Go([&fds, reader = reader] {
          char c;
          EXPECT_EQ(reader.Read({&c, 1}).n, 1u);
          EXPECT_EQ(write(fds[1], "x", 1), 1);
        });
      }
      parks.Await(1);
      for (auto& fds : raw) {
        all.Go([&fds, writer = writer] {
          writer.Write("y");
          char c;
          EXPECT_EQ(Blocking([&] { return read(fds[0], &c, 1); }), 1);
        });
        while (ReadCounters().blocking_calls == 0) Gosched();
      }
      all.Wait();
      for (auto& fds : raw) {
        close(fds[0]);
        close(fds[1]);
      }
    });
  }
}

TEST(NetpollTest, AllPsInBlockingSectionsAndOneReader) {
  std::array<int, 2> io, raw;
  ASSERT_EQ(pipe2(io.data(), O_NONBLOCK), 0);
  ASSERT_EQ(pipe(raw.data()), 0);
  std::thread outside;
  Main({.procs = 1}, [&] {
    const File reader(io[0], "io");
    const IoParks parks;
    go([&, reader] {
      EXPECT_EQ(ReadSome(reader), "x");
      EXPECT_EQ(write(raw[1], "y", 1), 1);
    });
    parks.Await(1);
    const std::uint64_t before = ReadCounters().blocking_calls;
    outside = std::thread([&] {
      while (ReadCounters().blocking_calls == before) std::this_thread::yield();
      ASSERT_EQ(write(io[1], "x", 1), 1);
    });
    char c;
    EXPECT_EQ(Blocking([&] { return read(raw[0], &c, 1); }), 1);
  });
  outside.join();
  close(io[1]);
  close(raw[0]);
  close(raw[1]);
}

// With one P: returns when another goroutine has run on it and its new thread has gone idle, so
// that the caller runs on without a P.
void LoseTheP() {
  const std::uint64_t before = ReadCounters().futex_waits;
  std::atomic<bool> ran{false};
  go([&] { ran = true; });
  while (!ran || ReadCounters().futex_waits == before) {
  }
}

// Nobody slept for such a goroutine's deadline or I/O: all Ps idle, the monitor thread asleep.
TEST(NetpollTest, WhoHasLostItsPIsWokenByDeadlinesAndIo) {
  for (const bool locked : {false, true}) {
    Main({.procs = 1}, [locked] {
      if (locked) LockOSThread();
      auto [reader, writer, err] = Pipe();
      ASSERT_FALSE(err);
      char c;
      LoseTheP();
      reader.SetReadDeadline(Now() + 5ms);
      EXPECT_TRUE(reader.Read({&c, 1}).err.Is(kIoTimeout));
      reader.SetReadDeadline(Time{});
      LoseTheP();
      const IoParks parks;
      std::thread outside([&parks, writer = writer] {
        parks.AwaitOutside(1);
        writer.Write("x");
      });
      EXPECT_EQ(reader.Read({&c, 1}).n, 1u);
      Blocking([&] { outside.join(); });
      if (locked) UnlockOSThread();
    });
  }
}

TEST(NetpollTest, ALockedThreadReads) {
  for (const int procs : {1, 2}) {
    Main({.procs = procs}, [] {
      auto [client, server] = TcpPair();
      WaitGroup all;
      all.Go([conn = server] {
        LockOSThread();
        const pthread_t self = pthread_self();
        char c;
        while (!conn.Read({&c, 1}).err) {
          EXPECT_TRUE(pthread_equal(pthread_self(), self));
          conn.Write({&c, 1});
        }
        UnlockOSThread();
      });
      for (int i = 0; i < 100; ++i) {
        char c = static_cast<char>(i);
        client.Write({&c, 1});
        EXPECT_EQ(client.Read({&c, 1}).n, 1u);
        EXPECT_EQ(c, static_cast<char>(i));
      }
      client.Close();
      all.Wait();
    });
  }
}

TEST(NetpollTest, WorksWhileTheNumberOfPsChanges) {
  Main({.procs = 2}, [] {
    auto [client, server] = TcpPair();
    WaitGroup all;
    all.Go([conn = server] { Echo(conn); });
    for (int i = 0; i < kRounds / 4; ++i) {
      GOMAXPROCS(1 + i % 4);
      char c = 'x';
      client.Write({&c, 1});
      ASSERT_EQ(client.Read({&c, 1}).n, 1u);
    }
    client.Close();
    all.Wait();
  });
}

TEST(NetpollTest, MainEndsWithGoroutinesParkedOnIo) {
  // The next runtime is whole, and what was open is still open for it.
  auto [reader, writer, err] = Pipe();
  ASSERT_FALSE(err);
  for (int i = 1; i <= 5; ++i) {
    Main({.procs = i}, [&] {
      auto [mine, my_writer, my_err] = Pipe();
      auto [listener, listen_err] = Listen("tcp", "127.0.0.1:0");
      const IoParks parks;
      for (int k = 0; k < 3; ++k) {
        // Their handles are abandoned with them.
        go([mine = mine] { ReadSome(mine); });
        go([listener = listener] { listener.Accept(); });
      }
      mine.SetReadDeadline(Now() + 1h);
      parks.Await(2);
      writer.Write(std::to_string(i));
      EXPECT_EQ(ReadSome(reader), std::to_string(i));
    });
  }
  Main([&] {
    go([&] { ReadSome(reader); });
    const IoParks parks;
    parks.Await(1);
  });
  // An edge for a goroutine that is no more, and a close under it.
  writer.Write("x");
  Main([&] {
    auto [one, two, pipe_err] = Pipe();
    two.Write("y");
    EXPECT_EQ(ReadSome(one), "y");
    EXPECT_FALSE(reader.Close());
  });
  EXPECT_FALSE(writer.Close());
}

TEST(NetpollTest, AThreadOutsideMayClose) {
  Main({.procs = 2}, [] {
    auto [reader, writer, err] = Pipe();
    Chan<std::string> got(1);
    const IoParks parks;
    go([=, reader = reader] { got.Send(ReadSome(reader)); });
    parks.Await(1);
    std::thread([reader = reader] { EXPECT_FALSE(reader.Close()); }).join();
    EXPECT_EQ(*got.Recv(), "read |0: file already closed");
  });
}

TEST(NetpollTest, NoEdgeOfAnEarlierUseIsSeen) {
  // Threads that poll fetch edges of descriptors which are then closed at once and whose PollDesc
  // gets the next, one that is never readable.
  Main({.procs = 4}, [] {
    WaitGroup all;
    for (int i = 0; i < 4; ++i) {
      all.Go([] {
        for (int k = 0; k < kRounds; ++k) {
          int error = 0;
          const int hot = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
          sched::PollDesc* pd = sched::PollOpen(hot, &error);
          ASSERT_NE(pd, nullptr);
          const std::uint64_t one = 1;
          ASSERT_EQ(write(hot, &one, sizeof one), 8);
          sched::PollEvict(pd);
          sched::PollClose(pd, hot);
          close(hot);
          const int cold = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
          pd = sched::PollOpen(cold, &error);
          ASSERT_NE(pd, nullptr);
          sched::PollSetDeadline(pd, (Now() + 20us).time_since_epoch().count(), true, false);
          EXPECT_EQ(sched::PollWait(pd, sched::PollMode::kRead), sched::PollResult::kTimeout);
          sched::PollEvict(pd);
          sched::PollClose(pd, cold);
          close(cold);
        }
      });
    }
    all.Wait();
  });
}

}  // namespace
}  // namespace unpark::net
