#include "tests/cluster/network.hpp"

#include "tests/support/process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace neurocards::test::cluster {

namespace {

constexpr const char* ip = "/sbin/ip";
constexpr const char* own_stack = "/proc/thread-self/ns/net";
constexpr int first_host = 11; // last byte of its address

/// 02:…: locally administered.
std::string hardware_address(const std::string& address) {
  std::array<char, 18> result{};
  const auto last = std::stoi(address.substr(address.rfind('.') + 1));
  std::snprintf(result.data(), result.size(), "02:77:00:00:00:%02x", static_cast<unsigned>(last));
  return result.data();
}

[[noreturn]] void fail(const std::string& call) {
  throw std::runtime_error{call + ": " + std::strerror(errno)};
}

int open_own_stack() {
  const int fd = ::open(own_stack, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    fail(own_stack);
  return fd;
}

void enter(int stack) {
  if (::setns(stack, CLONE_NEWNET) != 0)
    fail("cannot enter a network namespace");
}

} // namespace

// ── one stack ────────────────────────────────────────────────────────────────────────────────────

network_namespace::network_namespace() : fd_(-1) {
  const int home = open_own_stack();
  if (::unshare(CLONE_NEWNET) != 0) {
    ::close(home);
    fail("cannot make a network namespace");
  }
  fd_ = open_own_stack();
  path_ = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_);
  enter(home);
  ::close(home);
  const visit here{*this};
  run_tool({ip, "link", "set", "lo", "up"});
}

network_namespace::~network_namespace() {
  ::close(fd_);
}

network_namespace::visit::visit(const network_namespace& x) : home_(open_own_stack()) {
  enter(x.fd_);
}

network_namespace::visit::~visit() {
  enter(home_);
  ::close(home_);
}

// ── the network ──────────────────────────────────────────────────────────────────────────────────

network::network() : home_(open_own_stack()) {
  const int fd = ::open(switch_.path().c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    fail(switch_.path());
  enter(fd);
  ::close(fd);
  run_tool({ip, "link", "add", "br0", "type", "bridge"});
  run_tool({ip, "address", "add", std::string{own_address} + "/24", "dev", "br0"});
  run_tool({ip, "link", "set", "br0", "up"});
}

network::~network() {
  enter(home_);
  ::close(home_);
}

const std::string& network::address_of(const std::string& name) {
  auto& address = addresses_[name];
  if (address.empty())
    address = "10.77.0." + std::to_string(first_host + static_cast<int>(addresses_.size()) - 1);
  return address;
}

const std::string& network::add(const std::string& name) {
  const auto& address = address_of(name);
  if (hosts_.contains(name)) // of a case that failed half-way
    remove(name);
  auto& x = hosts_[name];
  x.address = address;
  x.port = "port" + std::to_string(ports_++);
  // A hardware address as constant as the other one: neighbours may remember it.
  run_tool({ip, "link", "add", x.port, "type", "veth", "peer", "name", "eth0", "address",
            hardware_address(address), "netns", x.stack.path()});
  plug_in(name);
  run_tool({ip, "link", "set", x.port, "up"});
  const network_namespace::visit there{x.stack};
  run_tool({ip, "address", "add", address + "/24", "dev", "eth0"});
  run_tool({ip, "link", "set", "eth0", "up"});
  return address;
}

void network::remove(const std::string& name) {
  run_tool({ip, "link", "delete", at(name).port});
  hosts_.erase(name);
}

const network::plugged& network::at(const std::string& name) const {
  const auto found = hosts_.find(name);
  if (found == hosts_.end())
    throw std::runtime_error{"no host " + name};
  return found->second;
}

void network::unplug(const std::string& name) {
  run_tool({ip, "link", "set", at(name).port, "nomaster"});
}

void network::plug_in(const std::string& name) {
  run_tool({ip, "link", "set", at(name).port, "master", "br0"});
}

void network::cut(const std::string& one, const std::string& other) {
  mislead(at(one), at(other));
  mislead(at(other), at(one));
}

void network::heal(const std::string& one, const std::string& other) {
  lead_right(at(one), at(other));
  lead_right(at(other), at(one));
}

/// Packets go to a hardware address that nobody has. Unlike a missing route this is not noticed by
/// the sender: connections hang, as they do when something on the way is broken.
void network::mislead(const plugged& from, const plugged& to) const {
  const network_namespace::visit there{from.stack};
  run_tool({ip, "neigh", "replace", to.address, "lladdr", "02:00:00:00:00:01", "dev", "eth0", "nud",
            "permanent"});
}

void network::lead_right(const plugged& from, const plugged& to) const {
  const network_namespace::visit there{from.stack};
  run_tool({ip, "neigh", "delete", to.address, "dev", "eth0"});
}

// ── tools ────────────────────────────────────────────────────────────────────────────────────────

std::string why_no_networks() {
  for (const auto* tool : {ip, "/usr/bin/setpriv", "/usr/bin/unshare"})
    if (::access(tool, X_OK) != 0)
      return std::string{tool} + " is not installed (script/bootstrap installs it)";
  try {
    const network trial;
    return {};
  } catch (const std::exception& err) {
    return std::string{err.what()} + " (root, or CAP_NET_ADMIN and CAP_SYS_ADMIN, is needed)";
  }
}

std::vector<std::string> ending_with_us() {
  return {"/usr/bin/setpriv", "--pdeathsig", "KILL", "--"};
}

} // namespace neurocards::test::cluster
