// Copyright 2026 The Unpark Authors.
// SPDX-License-Identifier: Apache-2.0
// Splitting, checking, printing.
#include "runtime/net/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>

#include "runtime/net/io.h"

namespace unpark::net::internal {
namespace {

Error Faulty(std::string_view address, std::string_view why) {
  return Error("address " + std::string(address) + ": " + std::string(why));
}

struct HostPort {
  std::string_view host, port;
};

Error Split(std::string_view text, HostPort* out) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return Faulty(text, "missing port in address");
  std::size_t from_host = 0, from_port = 0;
  if (text[0] == '[') {
    const std::size_t end = text.find(']');
    if (end == text.npos) return Faulty(text, "missing ']' in address");
    if (end + 1 != colon) {
      const bool more_colons = end + 1 < text.size() && text[end + 1] == ':';
      return Faulty(text, more_colons ? "too many colons in address" : "missing port in address");
    }
    out->host = text.substr(1, end - 1);
    from_host = 1;
    from_port = end + 1;
  } else {
    out->host = text.substr(0, colon);
    if (out->host.find(':') != text.npos) return Faulty(text, "too many colons in address");
  }
  if (text.find('[', from_host) != text.npos) return Faulty(text, "unexpected '[' in address");
  if (text.find(']', from_port) != text.npos) return Faulty(text, "unexpected ']' in address");
  out->port = text.substr(colon + 1);
  return {};
}

Error ParsePort(std::string_view network, std::string_view text, in_port_t* port) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() && (error == std::errc::invalid_argument || end != text.data() + text.size()))
    return Error("lookup " + std::string(network) + "/" + std::string(text) + ": unknown port");
  if (error == std::errc::result_out_of_range || number < 0 || number > 65'535)
    return Faulty(text, "invalid port");
  *port = htons(static_cast<in_port_t>(number));
  return {};
}

void SetIpv4(in_addr ip, in_port_t port, Address* address) {
  auto* in = reinterpret_cast<sockaddr_in*>(&address->storage);
  in->sin_family = AF_INET;
  in->sin_port = port;
  in->sin_addr = ip;
  address->length = sizeof *in;
}

void SetIpv6(const in6_addr& ip, in_port_t port, Address* address) {
  auto* in = reinterpret_cast<sockaddr_in6*>(&address->storage);
  in->sin6_family = AF_INET6;
  in->sin6_port = port;
  in->sin6_addr = ip;
  address->length = sizeof *in;
}

Error ParseTcp(std::string_view network, std::string_view text, Purpose purpose, Address* address) {
  HostPort parts;
  in_port_t port = 0;
  if (Error err = Split(text, &parts)) return err;
  if (Error err = ParsePort(network, parts.port, &port)) return err;
  const bool only6 = network == "tcp6";
  if (parts.host.empty() && purpose == Purpose::kListen && network != "tcp4") {
    SetIpv6(in6addr_any, port, address);
    return {};
  }
  std::string host(parts.host);
  if (host.empty() && purpose == Purpose::kListen) host = "0.0.0.0";
  if (host.empty() || host == "localhost") host = only6 ? "::1" : "127.0.0.1";
  in_addr ipv4;
  in6_addr ipv6;
  const bool is4 = inet_pton(AF_INET, host.c_str(), &ipv4) == 1;
  if (!is4 && inet_pton(AF_INET6, host.c_str(), &ipv6) != 1)
    return Error("lookup " + host + ": no such host");
  if (is4 ? only6 : network == "tcp4") return Faulty(host, "no suitable address found");
  if (is4) {
    SetIpv4(ipv4, port, address);
  } else {
    SetIpv6(ipv6, port, address);
  }
  return {};
}

Error ParseUnix(std::string_view text, Address* address) {
  auto* un = reinterpret_cast<sockaddr_un*>(&address->storage);
  // A path ends with a zero; an abstract name, "@name", begins with one.
  if (text.size() >= sizeof un->sun_path) return SystemError(EINVAL);
  un->sun_family = AF_UNIX;
  std::copy(text.begin(), text.end(), un->sun_path);
  address->length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + text.size());
  if (text.starts_with('@')) {
    un->sun_path[0] = '\0';
  } else if (!text.empty()) {
    ++address->length;
  }
  return {};
}

std::string PortText(in_port_t port) { return ":" + std::to_string(ntohs(port)); }

}  // namespace

Error ParseAddress(std::string_view network, std::string_view text, Purpose purpose,
                   Address* address) {
  const bool is_tcp = network == "tcp" || network == "tcp4" || network == "tcp6";
  if (!is_tcp && network != "unix") return Error("unknown network " + std::string(network));
  if (text.empty() && purpose == Purpose::kDial) return Error("missing address");
  if (!is_tcp) return ParseUnix(text, address);
  return ParseTcp(network, text.empty() ? ":0" : text, purpose, address);
}

std::string ToText(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> host;
  if (address.family() == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(&address.storage);
    return inet_ntop(AF_INET, &in->sin_addr, host.data(), host.size()) + PortText(in->sin_port);
  }
  if (address.family() == AF_INET6) {
    const auto* in = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    return "[" + std::string(inet_ntop(AF_INET6, &in->sin6_addr, host.data(), host.size())) + "]" +
           PortText(in->sin6_port);
  }
  const auto* un = reinterpret_cast<const sockaddr_un*>(&address.storage);
  // As Go shows it, also the name of a socket that has none.
  if (un->sun_path[0] == '\0') return "@" + std::string(un->sun_path + 1);
  return un->sun_path;
}

}  // namespace unpark::net::internal
