#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

namespace neurocards::sandbox {

/// What can be changed while running, by `/control/settings` under the names of the members. Times
/// are milliseconds of the real clock.
struct settings {
  double time_scale = 1; // of the lives: updates, links, pre-checkout queries

  std::string telegram_token; // empty: any well-formed token is accepted
  bool telegram_limits = true;
  double telegram_rate = 30;      // messages a second over all chats
  double telegram_burst = 0;      // of which so many may come at once; 0: as many as a second's
  double telegram_chat_rate = 1;  // and per chat,
  double telegram_chat_burst = 3; // of which so many may come at once
  int64_t webhook_retry = 1000;   // first delay; doubles up to a minute

  bool kie_limits = true;
  int64_t kie_creations = 20; // per account and 10 s
  int64_t kie_queries = 10;   // per key and second
  int64_t kie_null = 300;     // how long a new task is unknown to recordInfo
  int64_t kie_waiting = 1000; // time in each state
  int64_t kie_queuing = 1000;
  int64_t kie_generating = 8000;
  double kie_credits = 1'000'000;       // of an account seen for the first time
  int64_t kie_result_life = 86'400'000; // of the address of a result (scaled)
  bool kie_known_keys_only = false;     // refuse keys that were not declared
  std::string kie_hmac_key;             // non-empty: callbacks are signed
  bool kie_fetch_images = true;         // GET the photo as KIE does
  bool render = true;                   // make videos with ffmpeg when it is there

  std::string openai_models; // comma-separated additions to the known ones
  int64_t openai_delay = 0;

  int64_t calls_kept = 1000;
};

nlohmann::json to_json(const settings& x);

/// Applies the members named in `changes`. Returns what is wrong with them; empty: all applied.
std::string apply(settings& x, const nlohmann::json& changes);

/// Spreads one duration over KIE's three states.
void set_kie_time(settings& x, int64_t total);

} // namespace neurocards::sandbox
