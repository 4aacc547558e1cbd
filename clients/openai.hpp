#pragma once

#include "domain/openai_errors.hpp"
#include "protocol/config.hpp"
#include "protocol/http.hpp"

#include <variant>
#include <vector>

/// OpenAI's chat completions and servers that imitate them.
namespace neurocards::openai {

struct chat {
  std::string model;
  std::string system;
  std::string user;
  std::string photo = {};            // a data: address, shown with the user's words; empty: none
  int max_completion_tokens = 700;   // reasoning included; 0: not sent, no limit
  std::optional<double> temperature; // absent: not sent; reasoning models refuse it
  std::string reasoning_effort = {}; // empty: not sent
  std::string end_user;              // stable opaque id of the person served; empty: not sent
};

/// A 200 with a choice in it. Whether the text is good enough is the caller's decision.
struct completion {
  enum class ending : uint8_t {
    stop,
    length,   // cut by the token limit; `text` may be empty
    filtered, // by a content filter, or the model declined
    other,
  };
  ending finish = ending::other;
  std::string text; // trimmed
};

/// The models that write, in order of preference.
std::vector<std::string> models_of(const config::openai&);

using chat_result = std::variant<completion, signal>;

[[nodiscard]] chat_result parse_chat(const http::response&);

/// nullopt: the key works (and, where a model was asked for, it exists).
[[nodiscard]] std::optional<signal> parse_check(const http::response&);

class api {
public:
  /// `base_url` contains the version: "https://api.openai.com/v1". Empty `proxy`: none.
  api(std::string base_url, secret key, std::string proxy = {});

  http::request complete(const chat&, std::chrono::milliseconds timeout) const;

  /// Free of charge. Empty `model`: reachability and key only.
  http::request check(const std::string& model) const;

private:
  std::string base_url_;
  secret key_;
  std::string proxy_;
};

} // namespace neurocards::openai
