// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Pool: keeps objects that are dear to make, for the next goroutine that needs one.
//
//   Pool<Buffer> buffers([] { return std::make_unique<Buffer>(64 << 10); });
//   std::unique_ptr<Buffer> buffer = buffers.Get();
//   ...
//   buffers.Put(std::move(buffer));               // in the state in which Get may hand it out
//
// Use it for scratch objects that come and go with each request. Do not use it for objects with an
// owner or a limit (connections): the pool may make and drop as many as it likes.
//
// Each P has its own shelf, so that Gets and Puts on different Ps touch different cache lines; a
// Get that finds its own shelf empty takes from the others before it makes an object. Drop policy:
// a shelf holds at most `per_p` objects, and a Put beyond that frees the object; what is on the
// shelves is freed with the pool. (Go drops by age, at collections; without a collector only a
// bound is certain.) A Put happens before the Get that returns the same object.
#ifndef UNPARK_RUNTIME_SYNC_POOL_H_
#define UNPARK_RUNTIME_SYNC_POOL_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/os/explore.h"

namespace unpark {

namespace internal {

// PoolShelves: the shelves, for objects of any type.
class PoolShelves {
 public:
  explicit PoolShelves(std::size_t per_p);
  // An object, from this P's shelf if it has one; null: all shelves are empty or in use.
  void* Take();
  // False: there is no room, and the object is the caller's again.
  bool Give(void* object);

 private:
  // One P's. `first` serves the common Get after Put without the lock.
  struct alignas(64) Shelf {
    explore::Atomic<void*> first{nullptr};
    explore::Atomic<bool> busy{false};  // guards the rest; never waited for
    explore::Atomic<bool> stocked{
        false};  // rest is not empty: a hint, so that empty shelves are only read
    std::vector<void*> rest;
    void* TakeFromRest();
    bool GiveToRest(void* object, std::size_t limit);
  };

  const std::size_t limit_;  // of rest
  std::vector<Shelf> shelves_;
};

}  // namespace internal

template <typename T>
class Pool {
 public:
  static constexpr std::size_t kPerP = 64;

  // make: called by a Get that finds nothing; without it such a Get returns null.
  explicit Pool(std::function<std::unique_ptr<T>()> make = nullptr, std::size_t per_p = kPerP)
      : make_(std::move(make)), shelves_(per_p) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  // REQUIRES: nobody uses the pool any more.
  ~Pool() {
    while (void* object = shelves_.Take()) delete static_cast<T*>(object);
  }

  std::unique_ptr<T> Get() {
    if (void* object = shelves_.Take()) return std::unique_ptr<T>(static_cast<T*>(object));
    return make_ ? make_() : nullptr;
  }

  // A null object is ignored.
  void Put(std::unique_ptr<T> object) {
    if (object != nullptr && shelves_.Give(object.get())) {
      static_cast<void>(object.release());  // it is on a shelf
    }
  }

 private:
  const std::function<std::unique_ptr<T>()> make_;
  internal::PoolShelves shelves_;
};

}  // namespace unpark

#endif  // UNPARK_RUNTIME_SYNC_POOL_H_
