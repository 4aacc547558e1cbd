#include "node/operators.hpp"

#include "actors/key_ring_config.hpp"
#include "clients/provider.hpp"
#include "node/config/value.hpp"

namespace neurocards::operators {

std::vector<std::string> configured(const config::all& settings, lever_subject subject) {
  std::vector<std::string> result;
  if (subject == lever_subject::model)
    for (const auto& model : settings.kie.models)
      result.push_back(model.slug);
  if (subject == lever_subject::key)
    for (const auto& account : named_accounts(settings.secrets.kie_accounts, "kie"))
      for (const auto& key : account.keys)
        result.push_back(key.value);
  if (subject == lever_subject::key && !settings.secrets.runware_key.empty())
    result.push_back(provider::fingerprint(settings.secrets.runware_key).value);
  if (subject == lever_subject::node)
    for (const auto& node : settings.cluster.nodes)
      result.push_back(node.name);
  return result;
}

std::string read_length(const std::string& text, std::chrono::milliseconds& to) {
  config::duration length{};
  if (auto fault = config::read(config::from_text(text), length); !fault.empty())
    return fault;
  if (length <= config::duration::zero())
    return config::quote(text) + " is not allowed; allowed: more than 0s";
  to = std::chrono::duration_cast<std::chrono::milliseconds>(length);
  return {};
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

} // namespace neurocards::operators
