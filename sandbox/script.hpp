#pragma once

#include "base/http_server.hpp"
#include "sandbox/clock.hpp"

#include <nlohmann/json_fwd.hpp>

#include <list>
#include <map>
#include <optional>

namespace neurocards::sandbox {

/// One request to a simulated service, as scripts and records name it.
struct call {
  std::string service;         // "telegram", "kie", "runware", "openai"
  std::string operation;       // "sendMessage", "createTask", …
  http_server::fields about{}; // what it is about: "chat", "key", "model", "task"
};

/// How a scripted call ends.
struct outcome {
  enum class kind : uint8_t {
    pass,      // as usual, but late, or with what `rule` says to the service
    answer,    // with the status, code, message or body of the rule
    hang,      // never
    cut,       // connection closed without an answer
    cut_body,  // connection closed in the middle of the body
    malformed, // JSON that ends too early
    endless,   // a body that does not end
    empty,     // 200 with nothing
    html,      // a gateway's page instead of JSON
    unusual,   // the usual answer in rare but legal HTTP
  };
  kind effect = kind::pass;
  bool takes_effect = false; // do what was asked and only then answer like this
  milliseconds delay{0};
  std::string rule; // the whole rule (JSON)
};

/// What the services are told to do next. Rules are tried in the order they were added.
class script {
public:
  /// Returns the rule's number. Throws std::invalid_argument, saying what is wrong.
  uint64_t add(const nlohmann::json& rule);

  /// The outcome for this call, and one use of its rule less.
  std::optional<outcome> next(const call& request);

  /// Forgets rules; empty names mean any.
  void clear(std::string_view service = {}, std::string_view operation = {});

  nlohmann::json list() const;

private:
  struct entry {
    uint64_t id = 0;
    std::string service;
    std::string operation; // lower case, or "*"
    http_server::fields match;
    int64_t skip = 0;
    int64_t left = 0; // -1: without end
    int64_t used = 0;
    outcome result;
  };

  static bool fits(const entry& e, const call& request);

  std::list<entry> rules_;
  uint64_t last_id_ = 0;
};

/// The answer of a rule in the shape of its service's errors; `real` is what would have been
/// answered.
http_server::answer scripted_answer(const std::string& service, const outcome& x,
                                    http_server::answer real);

/// An answer as RFC 9112 allows it and few servers write it: an interim response before it, names
/// of headers in odd case, one twice, no reason phrase, chunks of odd sizes with extensions,
/// trailers.
std::string in_unusual_http(const http_server::answer& x);

/// The effective code of such an answer, for the records.
int scripted_code(const outcome& x);

} // namespace neurocards::sandbox
