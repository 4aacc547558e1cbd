#include "actors/generation_context.hpp"

#include "domain/prices.hpp"

#include <algorithm>

namespace neurocards {

const provider_context* generation_context::find_provider(const std::string& named) const {
  const auto found =
    std::ranges::find(providers, named, [](const provider_context& x) -> const std::string& {
      return x.service.name;
    });
  return found == providers.end() ? nullptr : &*found;
}

models::catalogue generation_context::usable_models() const {
  auto result = prices::within_limit(settings);
  std::erase_if(result, [this](const config::model& x) {
    const auto* maker = find_provider(x.provider);
    return maker == nullptr || maker->accounts.empty();
  });
  return result;
}

std::set<std::string> generation_context::makers() const {
  std::set<std::string> result;
  for (const auto& x : usable_models())
    result.insert(x.provider);
  return result;
}

std::vector<store::account> generation_context::accounts() const {
  const auto used = makers();
  std::vector<store::account> result;
  for (const auto& x : providers)
    if (used.contains(x.service.name))
      result.insert(result.end(), x.accounts.begin(), x.accounts.end());
  return result;
}

} // namespace neurocards
