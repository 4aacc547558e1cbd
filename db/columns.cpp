#include "db/columns.hpp"

namespace neurocards::db {

argument keys_of(const std::vector<store::account>& accounts) {
  array_text keys;
  for (const auto& account : accounts) {
    for (const auto& key : account.keys)
      keys.add(key);
  }
  return {"p_keys", keys};
}

argument accounts_of_keys(const std::vector<store::account>& accounts) {
  array_text names;
  for (const auto& account : accounts) {
    for (size_t i = 0; i < account.keys.size(); ++i)
      names.add(account.name);
  }
  return {"p_accounts", names};
}

argument providers_of_keys(const std::vector<store::account>& accounts) {
  array_text names;
  for (const auto& account : accounts) {
    for (size_t i = 0; i < account.keys.size(); ++i)
      names.add(account.provider);
  }
  return {"p_key_providers", names};
}

} // namespace neurocards::db
