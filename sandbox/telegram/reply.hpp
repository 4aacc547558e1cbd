#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace neurocards::sandbox::telegram {

/// What a method answers: a result, or an error with Telegram's code and description.
struct reply {
  int code = 200;
  std::string result;      // JSON
  std::string description; // of an error
  int retry_after = 0;     // seconds; 0: not told
};

reply ok(const nlohmann::json& result);
reply done(); // the result `true`

/// 400 with `Bad Request: ` and the text.
reply bad_request(const std::string& text);

reply refuse(int code, std::string description);

/// The envelope as it goes over the wire.
std::string to_body(const reply& x);

} // namespace neurocards::sandbox::telegram
