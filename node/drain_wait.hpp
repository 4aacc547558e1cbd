#pragma once

#include <chrono>
#include <functional>
#include <future>

namespace neurocards {

/// How long a node that ends waits for what it has at hand.
struct drain_limits {
  std::chrono::nanoseconds limit;      // counted from the last moment an unanswered call was seen
  std::chrono::nanoseconds call_limit; // how much longer in all, for such calls
};

/// Waits for what `done` brings: whether all went well. Calls that would cost if they were cut off
/// (`unanswered_calls`) may take `call_limit` more, and what follows of them gets `limit` once
/// again; never longer than both together. False as well: it took too long.
bool wait_for_drain(std::future<bool> done, const drain_limits&,
                    const std::function<int64_t()>& unanswered_calls);

} // namespace neurocards
