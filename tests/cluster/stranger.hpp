#pragma once

#include "tests/cluster/certificates.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace neurocards::test::cluster {

/// A connection to a node's port by somebody who is no node.
class stranger {
public:
  /// Throws std::runtime_error when nobody listens.
  stranger(const std::string& address, uint16_t port);
  ~stranger();
  stranger(const stranger&) = delete;
  stranger& operator=(const stranger&) = delete;

  /// False: the other side has closed the connection.
  bool say(const std::string& bytes);

  /// Waits until the other side closes the connection.
  bool is_thrown_out(std::chrono::milliseconds limit);

  /// Tries to speak TLS with these papers (none: without a certificate). True when the other side
  /// accepts them: it goes on listening.
  bool is_let_in(const papers&);

  /// Closes it with a reset, as a program that was killed with unread data does.
  void reset();

private:
  int fd_ = -1;
};

} // namespace neurocards::test::cluster
