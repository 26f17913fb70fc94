// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0

// Before of exercise 6: an owner goroutine holds the map; a write is a message and an awaited
// answer.

#ifndef UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_BEFORE_H_
#define UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_BEFORE_H_

#include "patterns/ex06_channel_as_lock/task.h"
#include "runtime/chan/chan.h"
#include "runtime/go.h"
#include "runtime/sync/waitgroup.h"

namespace unpark::patterns::channel_as_lock {

class OwnedSettings {
 public:
  OwnedSettings() {
    go([commands = commands_, closed = closed_] {
      Settings settings;
      for (const SetCommand& command : commands) {
        settings[command.key] = command.value;
        command.done.Close();
      }
      closed.Send(std::move(settings));
    });
  }

  void Set(std::string_view key, int value) {
    Chan<Unit> done(0);
    commands_.Send(SetCommand{key, value, done});
    done.Recv();
  }

  // Ends the owner and returns what it held.
  Settings Close() {
    commands_.Close();
    return *closed_.Recv();
  }

 private:
  struct SetCommand {
    std::string_view key;
    int value;
    Chan<Unit> done;
  };

  Chan<SetCommand> commands_{0};
  Chan<Settings> closed_{1};
};

inline Settings SetByOwner(const WriteWorkload& w) {
  OwnedSettings settings;
  WaitGroup wg;
  wg.Add(w.writers);
  for (int writer = 0; writer < w.writers; ++writer) {
    go([&, writer] {
      for (int i = 0; i < w.WritesOfEach(); ++i) {
        w.Think(i);
        settings.Set(w.Key(writer, i), w.Value(writer, i));
      }
      wg.Done();
    });
  }
  wg.Wait();
  return settings.Close();
}

}  // namespace unpark::patterns::channel_as_lock

#endif  // UNPARK_PATTERNS_EX06_CHANNEL_AS_LOCK_BEFORE_H_
