#pragma once

#include <map>
#include <string>
#include <vector>

namespace neurocards::test::cluster {

/// A network stack of its own: interfaces, addresses, routes and ports of one host. It has no name
/// in the file system: it is gone when nobody holds it and no program runs in it, also after a
/// SIGKILL.
class network_namespace {
public:
  network_namespace(); // a new one; throws std::runtime_error where the machine forbids it
  ~network_namespace();
  network_namespace(const network_namespace&) = delete;
  network_namespace& operator=(const network_namespace&) = delete;

  /// Where `ip` finds it.
  const std::string& path() const { return path_; }

  /// While it lives, the calling thread, and every program and socket it makes, is in the
  /// namespace.
  class visit {
  public:
    explicit visit(const network_namespace&);
    ~visit();
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

  private:
    int home_;
  };

private:
  int fd_;
  std::string path_;
};

/// Hosts with an address each, plugged into one switch (a bridge). The test itself sits at the
/// switch, in a namespace of its own: nothing of the machine's own network is touched.
class network {
public:
  /// Makes the calling thread, and threads it starts from now on, part of the network.
  network();
  ~network();
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  /// Plugs a new host in; returns its address, the same for the same name.
  const std::string& add(const std::string& host);
  void remove(const std::string& host);

  /// The address of a host that is, or was, or will be plugged in under that name.
  const std::string& address_of(const std::string& host);
  const network_namespace& stack(const std::string& host) const { return at(host).stack; }

  /// Pulls a host's cable out of the switch: silence in both directions. And in again.
  void unplug(const std::string& host);
  void plug_in(const std::string& host);

  /// Loses every packet between two hosts, silently, as a broken route would. And no longer.
  void cut(const std::string& one, const std::string& other);
  void heal(const std::string& one, const std::string& other);

  /// The test's own address.
  static constexpr const char* own_address = "10.77.0.1";

private:
  struct plugged {
    std::string address;
    std::string port; // at the switch
    network_namespace stack;
  };

  const plugged& at(const std::string& name) const;
  void mislead(const plugged& from, const plugged& to) const;
  void lead_right(const plugged& from, const plugged& to) const;

  int home_;
  network_namespace switch_;
  int ports_ = 0;
  std::map<std::string, std::string> addresses_; // of all there ever were
  std::map<std::string, plugged> hosts_;
};

/// Why this machine does not let us make networks; empty: it does.
std::string why_no_networks();

/// Words that, put before a command, end it with the thread that started it: whatever kills the
/// test, no program stays behind.
std::vector<std::string> ending_with_us();

} // namespace neurocards::test::cluster
