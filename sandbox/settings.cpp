#include "sandbox/settings.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <variant>

namespace neurocards::sandbox {

namespace {

struct member {
  const char* name;
  std::variant<double settings::*, int64_t settings::*, bool settings::*, std::string settings::*>
    place;
};

const std::array members{
  member{"time_scale", &settings::time_scale},
  member{"telegram_token", &settings::telegram_token},
  member{"telegram_limits", &settings::telegram_limits},
  member{"telegram_rate", &settings::telegram_rate},
  member{"telegram_burst", &settings::telegram_burst},
  member{"telegram_chat_rate", &settings::telegram_chat_rate},
  member{"telegram_chat_burst", &settings::telegram_chat_burst},
  member{"webhook_retry", &settings::webhook_retry},
  member{"kie_limits", &settings::kie_limits},
  member{"kie_creations", &settings::kie_creations},
  member{"kie_queries", &settings::kie_queries},
  member{"kie_null", &settings::kie_null},
  member{"kie_waiting", &settings::kie_waiting},
  member{"kie_queuing", &settings::kie_queuing},
  member{"kie_generating", &settings::kie_generating},
  member{"kie_credits", &settings::kie_credits},
  member{"kie_result_life", &settings::kie_result_life},
  member{"kie_known_keys_only", &settings::kie_known_keys_only},
  member{"kie_hmac_key", &settings::kie_hmac_key},
  member{"kie_fetch_images", &settings::kie_fetch_images},
  member{"render", &settings::render},
  member{"openai_models", &settings::openai_models},
  member{"openai_delay", &settings::openai_delay},
  member{"calls_kept", &settings::calls_kept},
};

void assign(settings& x, const member& m, const nlohmann::json& value) {
  std::visit(
    [&](auto place) {
      using type = std::remove_reference_t<decltype(x.*place)>;
      x.*place = value.get<type>();
    },
    m.place);
}

bool set(settings& x, const std::string& name, const nlohmann::json& value) {
  for (const auto& m : members)
    if (name == m.name) {
      assign(x, m, value);
      return true;
    }
  if (name != "kie_time")
    return false;
  set_kie_time(x, value.get<int64_t>());
  return true;
}

} // namespace

nlohmann::json to_json(const settings& x) {
  nlohmann::json result;
  for (const auto& m : members)
    std::visit([&](auto place) { result[m.name] = x.*place; }, m.place);
  return result;
}

std::string apply(settings& x, const nlohmann::json& changes) {
  auto copy = x;
  for (const auto& [name, value] : changes.items()) {
    try {
      if (!set(copy, name, value))
        return "no setting is called " + name;
    } catch (const nlohmann::json::exception& e) {
      return name + ": " + e.what();
    }
  }
  if (copy.time_scale <= 0 || copy.telegram_rate <= 0 || copy.telegram_chat_rate <= 0)
    return "scales and rates are above 0";
  x = copy;
  return {};
}

void set_kie_time(settings& x, int64_t total) {
  x.kie_waiting = total / 10;
  x.kie_queuing = total / 10;
  x.kie_generating = total - x.kie_waiting - x.kie_queuing;
}

} // namespace neurocards::sandbox
