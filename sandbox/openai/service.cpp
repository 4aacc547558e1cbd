#include "sandbox/openai/service.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <sstream>

namespace neurocards::sandbox::openai {

namespace {

using nlohmann::json;

constexpr std::array known_models{"gpt-4o-mini",  "gpt-4o",     "gpt-4.1",
                                  "gpt-4.1-mini", "gpt-6-luna", "o5-mini"};

/// Reasoning models refuse max_tokens and any temperature but 1.
bool reasons(const std::string& model) {
  return model.starts_with("gpt-5") || model.starts_with("gpt-6") || model.starts_with("o");
}

void refuse(exchange& x, int status, const std::string& message, const json& param,
            const json& code) {
  x.send(
    status,
    json{
      {"error",
       {{"message", message}, {"type", "invalid_request_error"}, {"param", param}, {"code", code}}}}
      .dump(),
    status);
}

std::string text_of(const json& content) {
  if (content.is_string())
    return content.get<std::string>();
  std::string result;
  for (const auto& p : content.is_array() ? content : json::array())
    if (p.is_object() && p.value("type", "") == "text")
      result += p.value("text", "") + " ";
  return result;
}

/// The last thing the user said, on one line and not too long.
std::string subject_of(const json& messages) {
  std::string said;
  for (const auto& m : messages)
    if (m.is_object() && m.value("role", "") == "user" && m.contains("content"))
      said = text_of(m["content"]);
  std::replace(said.begin(), said.end(), '\n', ' ');
  if (said.size() > 300) {
    size_t end = 300;
    while (end > 0 && (static_cast<unsigned char>(said[end]) & 0xC0) == 0x80)
      --end; // not in the middle of a character
    said.resize(end);
  }
  return said;
}

std::string script_for(const std::string& subject) {
  return "Vertical 15-second product video that begins with the supplied photo as its first frame. "
         "Brief: "
         + subject
         + ". 0-3 s: the camera glides in slowly while soft morning light falls across the product "
           "and dust sparkles "
           "in the air. 3-9 s: a hand enters the frame, turns the product once and shows its "
           "texture in a close-up "
           "with shallow depth of field. 9-13 s: the product is used in a bright, tidy room; "
           "natural movement, "
           "realistic shadows. 13-15 s: the camera comes to rest, the product stands in the "
           "centre. Handheld, warm "
           "colours, no captions, no logos, quiet room sound.";
}

/// The last line of the answer, for whoever asks for one that begins so.
std::string narration_for(const json& messages) {
  const auto* asks = "\"NARRATION:\"";
  for (const auto& m : messages)
    if (m.is_object() && m.contains("content")
        && text_of(m["content"]).find(asks) != std::string::npos)
      return text_of(m["content"]).find("in English of at most") != std::string::npos
               ? "\nNARRATION: A thing you want to take into your hands at once."
               : "\nNARRATION: Вещь, которую сразу хочется взять в руки.";
  return {};
}

int tokens(std::string_view text) {
  return static_cast<int>(text.size() / 4 + 1);
}

/// The faults of a request that the service itself would find; true: refused.
bool refused_by_rules(exchange& x, const json& body) {
  const auto model = body["model"].get<std::string>();
  if (reasons(model) && body.contains("max_tokens")) {
    refuse(x, 400,
           "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
           "'max_completion_tokens' instead.",
           "max_tokens", "unsupported_parameter");
    return true;
  }
  if (reasons(model) && body.contains("temperature") && body["temperature"] != 1) {
    refuse(x, 400,
           "Unsupported value: 'temperature' does not support " + body["temperature"].dump()
             + " with this model. Only the default (1) value is supported.",
           "temperature", "unsupported_value");
    return true;
  }
  return false;
}

} // namespace

std::vector<std::string> service::models() const {
  std::vector<std::string> all{known_models.begin(), known_models.end()};
  std::istringstream more{world_.set.openai_models};
  for (std::string name; std::getline(more, name, ',');)
    all.push_back(name);
  return all;
}

void service::handle(const http_server::request& req, http_server::responder r) {
  const bool chat = req.path == "/v1/chat/completions";
  const auto body = chat ? json::parse(req.body, nullptr, false) : json{};
  const auto model = body.is_object() && body.contains("model") && body["model"].is_string()
                       ? body["model"].get<std::string>()
                       : "";
  const auto key = req.header("Authorization");
  exchange x{world_,
             {"openai",
              chat ? "chat" : "models",
              {{"model", model}, {"key", std::string{key.substr(0, 64)}}}},
             std::move(r)};
  if (x.refused())
    return;
  if (!key.starts_with("Bearer ") || key.size() < 8)
    return refuse(x, 401, "You didn't provide an API key.", nullptr, nullptr);
  const auto names = models();
  const auto missing = [&](const std::string& name) {
    refuse(x, 404, "The model '" + name + "' does not exist or you do not have access to it.",
           nullptr, "model_not_found");
  };
  const auto known = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (chat)
    return known(model) ? complete(req, std::move(x)) : missing(model);
  const auto entry = [](const std::string& name) -> json {
    return {{"id", name}, {"object", "model"}, {"created", 1'767'225'600}, {"owned_by", "openai"}};
  };
  if (req.path == "/v1/models") {
    auto list = json::array();
    for (const auto& name : names)
      list.push_back(entry(name));
    return x.send(200, json{{"object", "list"}, {"data", list}}.dump(), 200);
  }
  const auto name = req.path.substr(req.path.rfind('/') + 1);
  known(name) ? x.send(200, entry(name).dump(), 200) : missing(name);
}

void service::complete(const http_server::request& req, exchange x) {
  const auto body = json::parse(req.body);
  if (!body.contains("messages") || !body["messages"].is_array() || body["messages"].empty())
    return refuse(x, 400, "Missing required parameter: 'messages'.", "messages",
                  "missing_required_parameter");
  if (refused_by_rules(x, body))
    return;
  const auto rule = x.rule().empty() ? json::object() : json::parse(x.rule());
  const auto wish = rule.value("reply", json::object());
  const auto subject = subject_of(body["messages"]);
  const json content = wish.contains("content")
                         ? wish["content"]
                         : json(script_for(subject) + narration_for(body["messages"]));
  const auto length = content.is_string() ? tokens(content.get_ref<const std::string&>()) : 0;
  const json answer{
    {"id", "chatcmpl-" + std::to_string(++last_)},
    {"object", "chat.completion"},
    {"created", real_now() / 1000},
    {"model", body["model"]},
    {"choices",
     {{{"index", 0},
       {"message",
        {{"role", "assistant"}, {"content", content}, {"refusal", wish.value("refusal", json{})}}},
       {"logprobs", nullptr},
       {"finish_reason", wish.value("finish_reason", "stop")}}}},
    {"usage",
     {{"prompt_tokens", tokens(req.body)},
      {"completion_tokens", length},
      {"total_tokens", tokens(req.body) + length},
      {"completion_tokens_details", {{"reasoning_tokens", 0}}}}}};
  auto text = answer.dump();
  const auto delay = milliseconds{world_.set.openai_delay};
  if (delay.count() <= 0)
    return x.send(200, std::move(text), 200);
  const auto later = std::make_shared<exchange>(std::move(x));
  world_.run_after(delay, [later, text] { later->send(200, text, 200); });
}

} // namespace neurocards::sandbox::openai
