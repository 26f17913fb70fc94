// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// What Go's net/timeout_test.go, net/net_test.go, os/timeout_test.go,
// internal/poll/fd_mutex_test.go and the tests of its poller state.
#include "runtime/net/net.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/chan/chan.h"
#include "runtime/chan/select.h"
#include "runtime/conformance/run_go.h"
#include "runtime/net/file.h"
#include "runtime/sync/waitgroup.h"
#include "runtime/time/time.h"

namespace unpark::conformance {
namespace {

using namespace std::chrono_literals;
using net::Conn;
using net::File;
using net::IoResult;
using net::kIoTimeout;
using net::Listener;

const Time kLongAgo = Time(1ns);
// How long something must not happen before a test believes that it does not.
constexpr Duration kQuiet = 20ms;

Listener LocalListener() {
  auto [listener, err] = net::Listen("tcp", "127.0.0.1:0");
  EXPECT_FALSE(err) << err;
  return listener;
}

// Two ends of one stream: what is written to `writer` comes out of `reader`.
struct TcpStream {
  Conn reader, writer;
  Listener listener = LocalListener();
  TcpStream() {
    Chan<Conn> accepted(1);
    go([accepted, l = listener] { accepted.Send(l.Accept().conn); });
    writer = net::Dial("tcp", listener.Addr()).conn;
    reader = *accepted.Recv();
  }
};
struct PipeStream {
  File reader, writer;
  PipeStream() {
    auto ends = net::Pipe();
    reader = ends.reader;
    writer = ends.writer;
  }
};

template <typename R>
Error ReadByte(const R& reader) {
  char c;
  return reader.Read({&c, 1}).err;
}

// A read whose result arrives at a channel.
template <typename R>
Chan<Error> StartRead(const R& reader) {
  const ParkWatch parks(&Counters::parks_io);
  Chan<Error> result(1);
  go([=] { result.Send(ReadByte(reader)); });
  parks.Await(1);
  return result;
}

template <typename T>
bool Quiet(const Chan<T>& c) {
  return Select(Recv(c), Recv(After(kQuiet))) == 1;
}

// --- timeouts of reads and writes, for both kinds of streams

template <typename Stream>
void ReadTimeout() {
  RunGo([] {
    Stream s;
    EXPECT_EQ(s.writer.Write("READ TIMEOUT TEST").n, 17u);
    for (const Duration timeout : {Duration(-5s), Duration(50ms)}) {
      s.reader.SetReadDeadline(Now() + timeout);
      int timeouts = 0;
      while (timeouts < 3) {
        std::array<char, 256> buffer;
        const auto [n, err] = s.reader.Read(buffer);
        if (!err) {
          EXPECT_GT(timeout, 0ns) << "read " << n << " bytes beyond the deadline";
          continue;
        }
        EXPECT_TRUE(err.Is(kIoTimeout)) << err;
        EXPECT_TRUE(err.Timeout());
        EXPECT_EQ(n, 0u);
        ++timeouts;
      }
    }
  });
}

template <typename Stream>
void ReadTimeoutMustNotReturn() {
  RunGo([] {
    Stream s;
    s.reader.SetDeadline(Now() - 5s);
    s.reader.SetReadDeadline(Time{});
    const Chan<Error> result = StartRead(s.reader);
    EXPECT_TRUE(Quiet(result));
    s.reader.SetReadDeadline(kLongAgo);
    EXPECT_TRUE(result.Recv()->Is(kIoTimeout));
  });
}

template <typename Stream>
void WriteTimeout() {
  RunGo([] {
    const std::string block(32 << 10, 'x');
    for (const Duration timeout : {Duration(-5s), Duration(10ms)}) {
      Stream s;
      s.writer.SetWriteDeadline(Now() + timeout);
      int timeouts = 0;
      while (timeouts < 2) {
        const auto [n, err] = s.writer.Write(block);
        if (!err) {
          EXPECT_GT(timeout, 0ns);
          continue;
        }
        EXPECT_TRUE(err.Is(kIoTimeout)) << err;
        if (timeouts++ > 0) {
          EXPECT_EQ(n, 0u);
        }
      }
    }
  });
}

template <typename Stream>
void WriteTimeoutMustNotReturn() {
  RunGo([] {
    Stream s;
    s.writer.SetDeadline(Now() - 5s);
    s.writer.SetWriteDeadline(Time{});
    Chan<Error> result(1);
    const ParkWatch parks(&Counters::parks_io);
    go([=, writer = s.writer] {
      const std::string block(1 << 20, 'x');
      for (;;) {
        if (Error err = writer.Write(block).err) {
          result.Send(err);
          return;
        }
      }
    });
    parks.Await(1);
    EXPECT_TRUE(Quiet(result));
    s.writer.SetWriteDeadline(kLongAgo);
    EXPECT_TRUE(result.Recv()->Is(kIoTimeout));
  });
}

// Longer and longer deadlines, each kept: not before its time, and the stream lives on.
template <typename Stream>
void ReadTimeoutFluctuation() {
  RunGo([] {
    Stream s;
    for (Duration d = 100us; d < 10ms; d = d * 5 / 4) {
      const Time begin = Now();
      s.reader.SetReadDeadline(begin + d);
      EXPECT_TRUE(ReadByte(s.reader).Is(kIoTimeout));
      EXPECT_GE(Now() - begin, d);
    }
    s.reader.SetReadDeadline(Time{});
    s.writer.Write("x");
    EXPECT_FALSE(ReadByte(s.reader));
  });
}

template <typename Stream>
void WriteTimeoutFluctuation() {
  RunGo([] {
    Stream s;
    const std::string block(1 << 20, 'x');
    for (Duration d = 100us; d < 10ms; d = d * 5 / 4) {
      Time begin;
      Error err;
      do {  // until the kernel takes no more
        begin = Now();
        s.writer.SetWriteDeadline(begin + d);
        err = s.writer.Write(block).err;
      } while (!err);
      EXPECT_TRUE(err.Is(kIoTimeout)) << err;
      EXPECT_GE(Now() - begin, d);
    }
  });
}

template <typename Stream>
void VariousDeadlines(int procs) {
  RunGo(
      [] {
        for (const Duration timeout : {1ns, 2ns, 50ns, 200ns, 750ns, 1'000ns, 5'000ns, 25'000ns,
                                       250'000ns, 500'000ns, 1'000'000ns, 5'000'000ns}) {
          for (int run = 0; run < 3; ++run) {
            Stream s;
            const Time begin = Now();
            s.reader.SetDeadline(begin + timeout);
            EXPECT_TRUE(ReadByte(s.reader).Is(kIoTimeout));
            EXPECT_GE(Now() - begin, timeout);
          }
        }
      },
      {.procs = procs});
}

template <typename Stream>
void ReadWriteDeadlineRace() {
  RunGo([] {
    Stream s;
    const int n = Scaled(1000);
    WaitGroup all;
    all.Go([&] {
      const Ticker tick(2us);
      for (int i = 0; i < n; ++i) {
        s.reader.SetReadDeadline(Now() + 2us);
        s.writer.SetWriteDeadline(Now() + 2us);
        tick.C().Recv();
      }
      tick.Stop();
    });
    all.Go([&] {
      for (int i = 0; i < n; ++i) ReadByte(s.reader);
    });
    all.Go([&] {
      for (int i = 0; i < n; ++i) s.writer.Write("x");
    });
    all.Wait();
    // Whatever the race did, the stream is whole.
    s.reader.SetReadDeadline(Time{});
    s.writer.SetWriteDeadline(Time{});
    EXPECT_FALSE(s.writer.Write("y").err);
    EXPECT_FALSE(ReadByte(s.reader));
  });
}

// A buffer may be used again as soon as the operation on it has been cancelled.
template <typename Stream>
void RacyRead() {
  RunGo([] {
    Stream s;
    WaitGroup source, all;
    source.Go([writer = s.writer] {
      const std::string block(4096, 'x');
      while (!writer.Write(block).err) {
      }
    });
    s.reader.SetReadDeadline(Now() + 1ms);
    for (int i = 0; i < 10; ++i) {
      all.Go([&] {
        std::array<char, 1024> mine;
        for (int k = 0; k < Scaled(100); ++k) {
          const Error err = s.reader.Read(mine).err;
          mine.fill('y');
          if (!err) continue;
          EXPECT_TRUE(err.Is(kIoTimeout)) << err;
          s.reader.SetReadDeadline(Now() + 1ms);
        }
      });
    }
    all.Wait();
    s.writer.Close();
    source.Wait();
  });
}

template <typename Stream>
void RacyWrite() {
  RunGo([] {
    Stream s;
    WaitGroup sink, all;
    sink.Go([reader = s.reader] {
      std::array<char, 4096> buffer;
      while (!reader.Read(buffer).err) {
      }
    });
    s.writer.SetWriteDeadline(Now() + 1ms);
    for (int i = 0; i < 10; ++i) {
      all.Go([&] {
        std::string mine(1024, 'x');
        for (int k = 0; k < Scaled(100); ++k) {
          const Error err = s.writer.Write(mine).err;
          mine.assign(1024, 'y');
          if (!err) continue;
          EXPECT_TRUE(err.Is(kIoTimeout)) << err;
          s.writer.SetWriteDeadline(Now() + 1ms);
        }
      });
    }
    all.Wait();
    s.reader.Close();
    s.writer.Close();
    sink.Wait();
  });
}

TEST(NetTimeoutTest, TestReadTimeout) { ReadTimeout<TcpStream>(); }
TEST(NetTimeoutTest, TestReadTimeoutMustNotReturn) { ReadTimeoutMustNotReturn<TcpStream>(); }
TEST(NetTimeoutTest, TestWriteTimeout) { WriteTimeout<TcpStream>(); }
TEST(NetTimeoutTest, TestWriteTimeoutMustNotReturn) { WriteTimeoutMustNotReturn<TcpStream>(); }
TEST(NetTimeoutTest, TestReadTimeoutFluctuation) { ReadTimeoutFluctuation<TcpStream>(); }
TEST(NetTimeoutTest, TestWriteTimeoutFluctuation) { WriteTimeoutFluctuation<TcpStream>(); }
TEST(NetTimeoutTest, TestVariousDeadlines) { VariousDeadlines<TcpStream>(2); }
TEST(NetTimeoutTest, TestVariousDeadlines1Proc) { VariousDeadlines<TcpStream>(1); }
TEST(NetTimeoutTest, TestVariousDeadlines4Proc) { VariousDeadlines<TcpStream>(4); }
TEST(NetTimeoutTest, TestReadWriteDeadlineRace) { ReadWriteDeadlineRace<TcpStream>(); }

TEST(OsTimeoutTest, TestReadTimeout) { ReadTimeout<PipeStream>(); }
TEST(OsTimeoutTest, TestReadTimeoutMustNotReturn) { ReadTimeoutMustNotReturn<PipeStream>(); }
TEST(OsTimeoutTest, TestWriteTimeout) { WriteTimeout<PipeStream>(); }
TEST(OsTimeoutTest, TestWriteTimeoutMustNotReturn) { WriteTimeoutMustNotReturn<PipeStream>(); }
TEST(OsTimeoutTest, TestReadTimeoutFluctuation) { ReadTimeoutFluctuation<PipeStream>(); }
TEST(OsTimeoutTest, TestWriteTimeoutFluctuation) { WriteTimeoutFluctuation<PipeStream>(); }
TEST(OsTimeoutTest, TestVariousDeadlines) { VariousDeadlines<PipeStream>(2); }
TEST(OsTimeoutTest, TestVariousDeadlines1Proc) { VariousDeadlines<PipeStream>(1); }
TEST(OsTimeoutTest, TestVariousDeadlines4Proc) { VariousDeadlines<PipeStream>(4); }
TEST(OsTimeoutTest, TestReadWriteDeadlineRace) { ReadWriteDeadlineRace<PipeStream>(); }
TEST(OsTimeoutTest, TestRacyRead) { RacyRead<PipeStream>(); }
TEST(OsTimeoutTest, TestRacyWrite) { RacyWrite<PipeStream>(); }

TEST(OsTimeoutTest, TestNonpollableDeadline) {
  RunGo([] {
    const int fd = open(testing::TempDir().c_str(), O_TMPFILE | O_RDWR | O_NONBLOCK, 0600);
    ASSERT_GE(fd, 0);
    const File file(fd, "temporary");
    EXPECT_EQ(file.SetDeadline(Now() + 1s), net::kNoDeadline);
    EXPECT_EQ(file.SetReadDeadline(Now() + 1s), net::kNoDeadline);
    EXPECT_EQ(file.SetWriteDeadline(Time{}), net::kNoDeadline);
  });
}

// --- dialling and accepting

TEST(NetTimeoutTest, TestDialTimeout) {
  RunGo([] {
    const Listener listener = LocalListener();
    for (const Duration timeout : {Duration(-5s), Duration(1ns)}) {
      const Error err = net::DialTimeout("tcp", listener.Addr(), timeout).err;
      // A nanosecond has passed before the kernel is asked, but an answer in time is allowed.
      if (!err && timeout > 0ns) continue;
      EXPECT_TRUE(err.Is(kIoTimeout)) << err;
      EXPECT_TRUE(err.text().starts_with("dial tcp " + listener.Addr())) << err;
    }
  });
}

TEST(NetTimeoutTest, TestDialTimeoutMaxDuration) {
  RunGo([] {
    const Listener listener = LocalListener();
    EXPECT_FALSE(net::DialTimeout("tcp", listener.Addr(), Duration::max()).err);
  });
}

TEST(NetTimeoutTest, TestAcceptTimeout) {
  RunGo([] {
    const Listener listener = LocalListener();
    for (const Duration timeout : {Duration(-5s), Duration(5ms)}) {
      listener.SetDeadline(Now() + timeout);
      for (int i = 0; i < 2; ++i) {
        const Error err = listener.Accept().err;
        EXPECT_TRUE(err.Is(kIoTimeout)) << err;
      }
    }
  });
}

TEST(NetTimeoutTest, TestAcceptTimeoutMustReturn) {
  RunGo([] {
    const Listener listener = LocalListener();
    listener.SetDeadline(Time{});
    listener.SetDeadline(Now() + 10ms);
    EXPECT_TRUE(listener.Accept().err.Is(kIoTimeout));
  });
}

TEST(NetTimeoutTest, TestAcceptTimeoutMustNotReturn) {
  RunGo([] {
    const Listener listener = LocalListener();
    Chan<Error> result(1);
    listener.SetDeadline(Now() - 5s);
    listener.SetDeadline(Time{});
    go([=] { result.Send(listener.Accept().err); });
    EXPECT_TRUE(Quiet(result));
    listener.Close();
    EXPECT_TRUE(result.Recv()->Is(net::kConnClosed));
  });
}

TEST(NetTimeoutTest, TestReadWriteProlongedTimeout) {
  RunGo([] {
    TcpStream s;
    WaitGroup all;
    all.Go([conn = s.reader] {
      do {
        conn.SetReadDeadline(Now() + 1h);
      } while (!ReadByte(conn));
    });
    all.Go([conn = s.reader] {
      do {
        conn.SetWriteDeadline(Now() + 1h);
      } while (!conn.Write("x").err);
    });
    for (int i = 0; i < Scaled(1000); ++i) {
      EXPECT_FALSE(s.writer.Write("x").err);
      EXPECT_FALSE(ReadByte(s.writer));
    }
    s.reader.Close();
    all.Wait();
  });
}

TEST(NetTimeoutTest, TestConcurrentSetDeadline) {
  RunGo([] {
    constexpr int kGoroutines = 8, kConns = 10;
    const Listener listener = LocalListener();
    std::vector<Conn> conns;
    for (int i = 0; i < kConns; ++i) conns.push_back(net::Dial("tcp", listener.Addr()).conn);
    const Time now = Now();
    WaitGroup all;
    for (int i = 0; i < kGoroutines; ++i) {
      all.Go([&, i] {
        for (int j = Scaled(100); j > 0; --j) {
          for (int k = 0; k < kConns; ++k) {
            const auto c = conns[static_cast<std::size_t>(k)];
            EXPECT_FALSE(c.SetReadDeadline(now + 2h + std::chrono::seconds(i * j * k)));
            EXPECT_FALSE(c.SetWriteDeadline(now + 1h + std::chrono::seconds(i * j * k)));
          }
        }
      });
    }
    all.Wait();
    conns[0].SetReadDeadline(kLongAgo);
    EXPECT_TRUE(ReadByte(conns[0]).Is(kIoTimeout));
  });
}

// --- net_test.go

TEST(NetTest, TestCloseWrite) {
  RunGo([] {
    TcpStream s;
    EXPECT_FALSE(s.writer.CloseWrite());
    EXPECT_EQ(ReadByte(s.reader), net::kEof);
    EXPECT_TRUE(s.writer.Write("x").err);
    // The other direction still works.
    EXPECT_FALSE(s.reader.Write("x").err);
    EXPECT_FALSE(ReadByte(s.writer));
  });
}

TEST(NetTest, TestConnClose) {
  RunGo([] {
    TcpStream s;
    EXPECT_FALSE(s.writer.Close());
    char c;
    const IoResult result = s.writer.Read({&c, 1});
    EXPECT_EQ(result.n, 0u);
    EXPECT_TRUE(result.err.Is(net::kConnClosed));
  });
}

TEST(NetTest, TestListenerClose) {
  RunGo([] {
    const Listener listener = LocalListener();
    EXPECT_FALSE(listener.Close());
    EXPECT_TRUE(listener.Accept().err.Is(net::kConnClosed));
    EXPECT_TRUE(net::Dial("tcp", listener.Addr()).err);
  });
}

TEST(NetTest, TestZeroByteRead) {
  RunGo([] {
    TcpStream s;
    for (const Conn& conn : {s.reader, s.writer}) {
      const IoResult result = conn.Read({});
      EXPECT_EQ(result.n, 0u);
      EXPECT_FALSE(result.err);
    }
  });
}

TEST(NetTest, TestReadTimeoutUnblocksRead) {
  RunGo([] {
    TcpStream s;
    const Chan<Error> result = StartRead(s.reader);
    s.reader.SetReadDeadline(kLongAgo);
    EXPECT_TRUE(result.Recv()->Is(kIoTimeout));
  });
}

TEST(NetTest, TestCloseUnblocksRead) {
  RunGo([] {
    TcpStream s;
    const Chan<Error> result = StartRead(s.reader);
    s.writer.Close();
    EXPECT_EQ(*result.Recv(), net::kEof);
  });
}

// --- fd_mutex_test.go: what Fd makes of readers, writers and Close

TEST(FdMutexTest, TestMutexLock) {
  // A reader does not keep a writer out, nor the other way round.
  RunGo([] {
    TcpStream s;
    const Chan<Error> result = StartRead(s.reader);
    EXPECT_FALSE(s.reader.Write("x").err);
    EXPECT_FALSE(ReadByte(s.writer));
    EXPECT_FALSE(s.writer.Write("x").err);
    EXPECT_FALSE(*result.Recv());
  });
}

TEST(FdMutexTest, TestMutexClose) {
  RunGo([] {
    PipeStream s;
    EXPECT_FALSE(s.reader.Close());
    EXPECT_TRUE(s.reader.SetDeadline(Time{}).Is(net::kFileClosed));
    EXPECT_TRUE(ReadByte(s.reader).Is(net::kFileClosed));
    EXPECT_TRUE(s.reader.Write("x").err.Is(net::kFileClosed));
    EXPECT_TRUE(s.reader.Close().Is(net::kFileClosed));
  });
}

TEST(FdMutexTest, TestMutexCloseUnblock) {
  RunGo([] {
    PipeStream s;
    const Chan<Error> first = StartRead(s.reader);
    // These queue up behind it.
    constexpr int kQueued = 4;
    const ParkWatch parks(&Counters::parks_sema);
    Chan<Error> results(kQueued);
    for (int i = 0; i < kQueued; ++i) go([=] { results.Send(ReadByte(s.reader)); });
    parks.Await(kQueued);
    EXPECT_EQ(results.Len(), 0u);
    s.reader.Close();
    for (int i = 0; i < kQueued; ++i) EXPECT_TRUE(results.Recv()->Is(net::kFileClosed));
    EXPECT_TRUE(first.Recv()->Is(net::kFileClosed));
  });
}

TEST(FdMutexTest, TestMutexStress) {
  // Readers take whole turns: bytes of one read are consecutive.
  RunGo([] {
    TcpStream s;
    constexpr int kReaders = 4;
    const int total = Scaled(40'000);
    WaitGroup all;
    std::vector<std::vector<unsigned char>> got(kReaders);
    for (auto& mine : got) {
      all.Go([&] {
        std::array<char, 7> buffer;
        for (;;) {
          const auto [n, err] = s.reader.Read(buffer);
          if (err) return;
          for (std::size_t i = 1; i < n; ++i) {
            EXPECT_EQ(static_cast<unsigned char>(buffer[i]),
                      static_cast<unsigned char>(buffer[i - 1] + 1));
          }
          mine.insert(mine.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(n));
          s.reader.SetReadDeadline(Time{});
        }
      });
    }
    std::string sent(static_cast<std::size_t>(total), '\0');
    for (int i = 0; i < total; ++i) sent[static_cast<std::size_t>(i)] = static_cast<char>(i);
    EXPECT_FALSE(s.writer.Write(sent).err);
    s.writer.Close();
    all.Wait();
    std::array<int, 256> seen{}, want{};
    for (const auto& mine : got) {
      for (const unsigned char c : mine) ++seen[c];
    }
    for (const char c : sent) ++want[static_cast<unsigned char>(c)];
    EXPECT_EQ(seen, want);
  });
}

// --- the poller: proc_test.go, crash_test.go

TEST(NetpollTest, TestNetpollBreak) {
  // A timer that is set while the only other thread sleeps in the poller, for longer.
  RunGo([] {
    PipeStream s;
    s.reader.SetReadDeadline(Now() + 1h);
    const Chan<Error> result = StartRead(s.reader);
    for (int i = 0; i < 10; ++i) {
      Sleep(1ms);  // by now a thread sleeps there
      EXPECT_EQ(Select(Recv(After(1ms)), Recv(result)), 0u);
    }
    s.writer.Write("x");
    EXPECT_FALSE(*result.Recv());
  });
}

TEST(NetpollTest, TestNetpollWaiters) {
  // Once nobody waits any more, a deadlock would be one again: all waits have been counted out.
  const auto run = [] {
    RunGo([] {
      const Listener listener = LocalListener();
      WaitGroup all;
      all.Go([=] {
        const Conn conn = listener.Accept().conn;
        while (!ReadByte(conn)) {
        }
      });
      all.Go([=] {
        const Conn conn = net::Dial("tcp", listener.Addr()).conn;
        for (int i = 0; i < 10; ++i) {
          conn.Write("x");
          Sleep(1ms);
        }
      });
      all.Wait();
      Chan<int>().Recv();
    });
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run(), testing::ExitedWithCode(2), "all goroutines are asleep - deadlock!");
}

TEST(NetpollTest, TestNetpollDeadlock) {
  const auto run = [] {
    RunGo([] {
      auto [conn, err] = net::Dial("tcp", "127.0.0.1:1");
      if (!err) conn.Close();
      Chan<int>(0).Recv();
    });
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(run(), testing::ExitedWithCode(2), "all goroutines are asleep - deadlock!");
}

}  // namespace
}  // namespace unpark::conformance
