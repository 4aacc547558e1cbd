#pragma once

#include "domain/provider.hpp"
#include "protocol/config.hpp"
#include "protocol/outage.hpp"

#include <chrono>
#include <optional>
#include <string_view>

/// What to do with a job after a failure (docs/job_lifecycle.md).
namespace neurocards::retry {

using std::chrono::milliseconds;

/// Where the job stands.
struct situation {
  int attempts = 1;       // including the one that failed
  bool other_key = false; // with what has to cool down left out, another key could take the job now
  bool other_model = false;
  failure_origin origin = failure_origin::job; // of a failure that may pass by itself
  std::optional<milliseconds> retry_after;     // as the server wishes
  double random = 0.5;                         // [0, 1): spreads what failed together
};

struct decision {
  enum class action : uint8_t { retry, fail };
  action outcome = action::fail;
  milliseconds delay{0};    // of a retry; 0: at once
  bool uses_attempt = true; // false: the next claim does not count
  bool tell_user = false;   // of the retry
  bool outage = false;      // it was the provider's: the failure's class is OUTAGE
};

/// How long what the verdict names cools down; 0: nothing.
milliseconds cooldown_for(const provider::verdict&, std::optional<milliseconds> retry_after,
                          const config::generation&);

decision decide(const provider::verdict&, const situation&, const config::generation&);

/// `backoff-initial`·2^(attempts-1), at most `backoff-max`, stretched or shrunk by up to a tenth.
milliseconds backoff(int attempts, const config::generation&, double random);

/// Reads a Retry-After header that is a number of seconds, of which an hour is believed; nullopt:
/// absent, a date or nonsense.
std::optional<milliseconds> parse_retry_after(std::string_view header);

} // namespace neurocards::retry
