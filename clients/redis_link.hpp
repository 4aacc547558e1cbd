#pragma once

#include "clients/redis.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace neurocards::redis {

/// A connection to Redis, with TLS where the address says so. Blocks, for the time-out at most per
/// step.
class link {
public:
  /// Finds the host's addresses by `lookup`, connects to the first that takes a connection, and
  /// authenticates; null on failure, and why in `error`.
  static std::unique_ptr<link> open(const address&, std::chrono::milliseconds timeout,
                                    const resolver::lookup& lookup, std::string& error);
  ~link();

  link(const link&) = delete;
  link& operator=(const link&) = delete;

  /// Sends one command. Empty: it was carried out; otherwise why not.
  std::string command(const std::vector<std::string>& words);

private:
  struct parts;
  explicit link(std::unique_ptr<parts>);

  std::unique_ptr<parts> parts_;
};

} // namespace neurocards::redis
