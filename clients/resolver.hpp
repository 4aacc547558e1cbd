#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

/// Finds the addresses of a host within a time, which getaddrinfo does not know: a silent name
/// server keeps it for half a minute.
namespace neurocards::resolver {

/// Numeric addresses in the order of preference.
struct result {
  std::vector<std::string> addresses;
  std::string error; // empty: there are addresses
};

using lookup = std::function<result(const std::string& host)>;

/// Asks the system, however long that takes.
result ask_system(const std::string& host);

/// `ask(host)`, or after `limit` an error. `ask` then goes on in a thread of its own, whose result
/// nobody waits for: it must hold whatever it needs.
result within(std::chrono::milliseconds limit, const std::string& host,
              const lookup& ask = ask_system);

} // namespace neurocards::resolver
