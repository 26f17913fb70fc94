// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// One fork, one page of shared memory, two signal handlers.

#include "benchmarks/supervise.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

namespace unpark::benchmarks {

// Zero bytes are a valid state. `text` is written while `since` is 0; the parent reads it after the
// child has ended, or while the child is stuck.
struct Whereabouts::Shared {
  std::atomic<std::int64_t> since;  // milliseconds of the monotonic clock; 0: in no row
  std::atomic<bool> done;           // work returned: the exit status is its own
  char text[512];
};

namespace {

// Asked twice within this time is asked once: a terminal, or a script that signals its process
// group, reaches the child directly and through the parent.
constexpr std::int64_t kSameInterruptMilliseconds = 500;

std::atomic<std::int64_t> g_interrupted_at{0};  // milliseconds of the monotonic clock; 0: not yet
std::atomic<pid_t> g_child{0};

std::int64_t MonotonicMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000 + 1;  // never 0
}

void OnInterruptInChild(int signal_number) {
  std::int64_t now = MonotonicMilliseconds();
  std::int64_t before = g_interrupted_at;
  if (before == 0) {
    g_interrupted_at = now;
    constexpr char kText[] = "\nstopping after this row; interrupt again to stop at once\n";
    [[maybe_unused]] ssize_t ignored = write(STDERR_FILENO, kText, sizeof kText - 1);
  } else if (now - before > kSameInterruptMilliseconds) {
    signal(signal_number, SIG_DFL);
    raise(signal_number);
  }
}

void ForwardToChild(int signal_number) { kill(g_child, signal_number); }

void Install(void (*handler)(int)) {
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  action.sa_handler = handler;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

std::string HowItEnded(int status) {
  if (WIFSIGNALED(status)) {
    return std::string("crashed with signal ") + std::to_string(WTERMSIG(status)) + " (" +
           strsignal(WTERMSIG(status)) + ")";
  }
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

class Supervisor {
 public:
  Supervisor(std::string program, int limit_seconds)
      : program_(std::move(program)), limit_seconds_(limit_seconds) {
    void* memory = mmap(nullptr, sizeof(Whereabouts::Shared), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) Die("mmap");
    shared_ = static_cast<Whereabouts::Shared*>(memory);
  }

  int Run(const std::function<int(Whereabouts*)>& work) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0) Die("fork");
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // no orphan goes on measuring
      if (getppid() != parent) _exit(kExitFailed);
      Install(OnInterruptInChild);
      Whereabouts whereabouts(shared_);
      int status = work(&whereabouts);
      shared_->done = true;
      std::fflush(nullptr);
      _exit(status);
    }
    g_child = child;
    Install(ForwardToChild);
    return Await(child);
  }

 private:
  [[noreturn]] void Die(const char* call) const {
    std::fprintf(stderr, "%s: %s: %s\n", program_.c_str(), call, std::strerror(errno));
    std::exit(kExitFailed);
  }

  int Await(pid_t child) {
    int fd = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
    if (fd < 0) Die("pidfd_open");
    bool too_long = false;
    constexpr int kTickMilliseconds = 1000;
    for (pollfd ended = {fd, POLLIN, 0}; poll(&ended, 1, kTickMilliseconds) <= 0;) {
      std::int64_t since = shared_->since;
      if (!too_long && since != 0 && MonotonicMilliseconds() - since > limit_seconds_ * 1000) {
        too_long = true;
        kill(child, SIGKILL);
      }
    }
    close(fd);
    int status = 0;
    if (waitpid(child, &status, 0) != child) Die("waitpid");
    if (shared_->done && WIFEXITED(status)) return WEXITSTATUS(status);
    const char* where = shared_->since != 0 ? shared_->text : "the harness";
    bool interrupted =
        WIFSIGNALED(status) && (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM);
    if (interrupted) {
      std::fprintf(stderr, "\n%s: interrupted in %s; nothing was written\n", program_.c_str(),
                   where);
      return kExitInterrupted;
    }
    std::string how = too_long ? "was stopped: it took longer than " +
                                     std::to_string(limit_seconds_) + " s (--row_limit)"
                               : HowItEnded(status);
    std::fprintf(stderr, "\n%s: %s %s; nothing was written\n", program_.c_str(), where,
                 how.c_str());
    return kExitFailed;
  }

  const std::string program_;
  const std::int64_t limit_seconds_;
  Whereabouts::Shared* shared_;  // kept until the process ends
};

void Whereabouts::Enter(const std::string& what) {
  shared_->since = 0;
  std::snprintf(shared_->text, sizeof shared_->text, "%s", what.c_str());
  shared_->since = MonotonicMilliseconds();
}

void Whereabouts::Leave() { shared_->since = 0; }

int Supervise(const std::string& program, int limit_seconds,
              const std::function<int(Whereabouts*)>& work) {
  return Supervisor(program, limit_seconds).Run(work);
}

bool Interrupted() { return g_interrupted_at != 0; }

}  // namespace unpark::benchmarks
