// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// A fork, two pipes that are read together, and a wait.

#include "benchmarks/command.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace unpark::benchmarks {
namespace {

[[noreturn]] void Exec(const std::string& directory, std::vector<std::string>* arguments,
                       const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> argv;
  for (std::string& argument : *arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  if (chdir(directory.c_str()) == 0) execvp(argv[0], argv.data());
  _exit(127);
}

// Reads both until both end: a child that fills one pipe must not wait for us to empty the other.
void Drain(int out, int err, CommandResult* result) {
  pollfd pipes[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  std::string* texts[2] = {&result->output, &result->error};
  int open = 2;
  while (open > 0) {
    if (poll(pipes, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    for (int i = 0; i < 2; ++i) {
      if (pipes[i].fd < 0 || pipes[i].revents == 0) continue;
      char buffer[4096];
      ssize_t n = read(pipes[i].fd, buffer, sizeof buffer);
      if (n > 0) {
        texts[i]->append(buffer, static_cast<std::size_t>(n));
      } else if (n == 0 || errno != EINTR) {
        pipes[i].fd = -1;  // poll leaves it out
        --open;
      }
    }
  }
}

CommandResult NotStarted(const char* call) {
  CommandResult result;
  result.error = std::string(call) + ": " + std::strerror(errno);
  return result;
}

}  // namespace

std::string CommandResult::Reason() const {
  return error.substr(0, std::min(error.find('\n'), error.size()));
}

CommandResult RunCommand(const std::string& directory, std::vector<std::string> arguments,
                         const std::map<std::string, std::string>& environment) {
  int out[2], err[2];
  if (pipe2(out, O_CLOEXEC) != 0) return NotStarted("pipe2");
  if (pipe2(err, O_CLOEXEC) != 0) {
    CommandResult result = NotStarted("pipe2");
    close(out[0]);
    close(out[1]);
    return result;
  }
  CommandResult result;
  pid_t child = fork();
  if (child < 0) result = NotStarted("fork");
  if (child == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    Exec(directory, &arguments, environment);
  }
  close(out[1]);
  close(err[1]);
  Drain(out[0], err[0], &result);
  close(out[0]);
  close(err[0]);
  for (std::string* text : {&result.output, &result.error}) {
    while (!text->empty() && text->back() == '\n') text->pop_back();
  }
  int status = 0;
  if (child > 0 && waitpid(child, &status, 0) == child) {
    if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) {
      if (!result.error.empty()) result.error += '\n';
      result.error += "ended by signal " + std::to_string(WTERMSIG(status)) + " (" +
                      strsignal(WTERMSIG(status)) + ")";
    }
  }
  return result;
}

}  // namespace unpark::benchmarks
