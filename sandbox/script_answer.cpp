#include "sandbox/script.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::sandbox {

namespace {

using nlohmann::json;

constexpr const char* gateway_page =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad "
  "Gateway</h1>"
  "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// Telegram prefixes its texts with the name of the code; a rule may leave that out.
std::string telegram_text(int code, const std::string& message) {
  const char* name = code == 400   ? "Bad Request"
                     : code == 401 ? "Unauthorized"
                     : code == 403 ? "Forbidden"
                     : code == 404 ? "Not Found"
                     : code == 409 ? "Conflict"
                     : code == 429 ? "Too Many Requests"
                                   : "Internal Server Error";
  if (message.empty() || message.starts_with(name))
    return message.empty() ? name : message;
  return std::string{name} + ": " + message;
}

void telegram_error(const json& rule, http_server::answer& out) {
  out.status = rule.value("status", rule.value("code", 500));
  const int code = rule.value("code", out.status);
  const int retry_after = rule.value("retry_after", code == 429 ? 1 : 0);
  auto message = rule.value("message", "");
  if (code == 429 && message.empty())
    message = "retry after " + std::to_string(retry_after);
  json body{{"ok", false}, {"error_code", code}, {"description", telegram_text(code, message)}};
  if (retry_after > 0) {
    body["parameters"] = {{"retry_after", retry_after}};
    out.headers.emplace_back("Retry-After", std::to_string(retry_after));
  }
  if (rule.contains("migrate_to_chat_id"))
    body["parameters"]["migrate_to_chat_id"] = rule["migrate_to_chat_id"];
  out.body = body.dump();
}

void kie_error(const json& rule, http_server::answer& out) {
  const int code = rule.value("code", rule.value("status", 500));
  out.status = rule.value("status", 200);
  out.body = json{{"code", code},
                  {"msg", rule.value("message", "Server exception, please try again later")},
                  {"data", rule.contains("data") ? rule["data"] : json{}}}
               .dump();
}

void runware_error(const json& rule, http_server::answer& out) {
  out.status = rule.value("status", 500);
  const json error = {{"code", rule.value("code", json{"serviceUnavailable"})},
                      {"message", rule.value("message", "Service unavailable")}};
  out.body = json{{"errors", json::array({error})}}.dump();
}

void openai_error(const json& rule, http_server::answer& out) {
  out.status = rule.value("status", 500);
  const auto or_null = [&](const char* name) { return rule.contains(name) ? rule[name] : json{}; };
  out.body =
    json{
      {"error",
       {{"message",
         rule.value("message", "The server had an error while processing your request.")},
        {"type", rule.value("type", out.status >= 500 ? "server_error" : "invalid_request_error")},
        {"param", or_null("param")},
        {"code", or_null("code")}}}}
      .dump();
}

void error_of(const std::string& service, const json& rule, http_server::answer& out) {
  if (rule.contains("body")) {
    out.status = rule.value("status", 200);
    out.body = rule["body"].is_string() ? rule["body"].get<std::string>() : rule["body"].dump();
  } else if (service == "telegram") {
    telegram_error(rule, out);
  } else if (service == "kie") {
    kie_error(rule, out);
  } else if (service == "runware") {
    runware_error(rule, out);
  } else {
    openai_error(rule, out);
  }
}

} // namespace

http_server::answer scripted_answer(const std::string& service, const outcome& x,
                                    http_server::answer real) {
  const auto rule = json::parse(x.rule);
  http_server::answer out;
  switch (x.effect) {
    case outcome::kind::pass:
      return real;
    case outcome::kind::empty:
      break;
    case outcome::kind::html:
      out.status = rule.value("status", 502);
      out.body = gateway_page;
      break;
    case outcome::kind::malformed:
      out.body = real.body.substr(0, real.body.size() / 2);
      if (out.body.empty())
        out.body = "{\"ok\":tru";
      break;
    default:
      error_of(service, rule, out);
  }
  const auto headers = rule.value("headers", json::object());
  for (const auto& [name, value] : headers.items())
    out.headers.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  const bool typed = std::any_of(out.headers.begin(), out.headers.end(),
                                 [](const auto& h) { return h.first == "Content-Type"; });
  if (!typed)
    out.headers.emplace_back("Content-Type",
                             x.effect == outcome::kind::html ? "text/html" : "application/json");
  return out;
}

std::string in_unusual_http(const http_server::answer& x) {
  std::string text = "HTTP/1.1 103 Early Hints\r\nLink: </next>; rel=preload\r\n\r\nHTTP/1.1 "
                     + std::to_string(x.status) + " \r\n";
  for (const auto& [name, value] : x.headers)
    text += name + ":" + value + "\r\n";
  text += "x-twice: 1\r\nX-Twice:\t2 \r\ntransfer-ENCODING: chunked\r\nTrailer: X-Check\r\n"
          "Connection: close\r\n\r\n";
  constexpr size_t chunk = 7;
  for (size_t position = 0; position < x.body.size(); position += chunk) {
    const auto part = x.body.substr(position, chunk);
    text += "00" + std::to_string(part.size()) + ";name=\"va;lue\"\r\n" + part + "\r\n";
  }
  return text + "0;last\r\nX-Check: 1\r\nX-Other: 2\r\n\r\n";
}

int scripted_code(const outcome& x) {
  if (x.effect != outcome::kind::answer)
    return x.effect == outcome::kind::html ? 502 : 0;
  const auto rule = json::parse(x.rule);
  const auto code = rule.contains("code") ? rule["code"] : rule.value("status", json{200});
  return code.is_number() ? code.get<int>() : rule.value("status", 500);
}

} // namespace neurocards::sandbox
