// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Addresses as text, "127.0.0.1:80", "[::1]:80" or a path, and as the kernel has them.
#ifndef UNPARK_RUNTIME_NET_ADDRESS_H_
#define UNPARK_RUNTIME_NET_ADDRESS_H_

#include <sys/socket.h>

#include <string>
#include <string_view>

#include "runtime/errors/errors.h"

namespace unpark::net::internal {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  int family() const { return storage.ss_family; }
};

enum class Purpose { kDial, kListen };

// Errors have Go's texts. Names are not looked up, but for "localhost". An empty host is the
// loopback to dial and all interfaces to listen on: with network "tcp" as [::], for both families.
Error ParseAddress(std::string_view network, std::string_view text, Purpose purpose,
                   Address* address);

std::string ToText(const Address& address);

}  // namespace unpark::net::internal

#endif  // UNPARK_RUNTIME_NET_ADDRESS_H_
