#include "sandbox/telegram/reply.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::sandbox::telegram {

reply ok(const nlohmann::json& result) {
  return {.result = result.dump(), .description = {}};
}

reply done() {
  return {.result = "true", .description = {}};
}

reply bad_request(const std::string& text) {
  return refuse(400, "Bad Request: " + text);
}

reply refuse(int code, std::string description) {
  return {.code = code, .result = {}, .description = std::move(description)};
}

std::string to_body(const reply& x) {
  if (x.code == 200)
    return "{\"ok\":true,\"result\":" + x.result + "}";
  nlohmann::json body{{"ok", false}, {"error_code", x.code}, {"description", x.description}};
  if (x.retry_after > 0)
    body["parameters"] = {{"retry_after", x.retry_after}};
  return body.dump();
}

} // namespace neurocards::sandbox::telegram
