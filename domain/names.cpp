#include "domain/names.hpp"

#include "domain/markup.hpp"
#include "domain/texts.hpp"

#include <algorithm>
#include <array>

namespace neurocards {

using texts::key;

namespace {

struct named {
  std::string_view value;
  key name;
};

template <size_t N>
const named* find(const std::array<named, N>& table, std::string_view value) {
  const auto found =
    std::find_if(table.begin(), table.end(), [&](const named& x) { return x.value == value; });
  return found == table.end() ? nullptr : &*found;
}

constexpr std::array templates = {
  named{"ugc", key::button_ugc},
  named{"ad", key::button_ad},
  named{"self", key::button_self},
};

constexpr std::array statuses = {
  named{"queued", key::status_queued},
  named{"processing", key::status_processing},
  named{"completed", key::status_completed},
  named{"failed", key::status_failed},
};

constexpr std::array ledger_kinds = {
  named{"welcome", key::ledger_welcome}, named{"purchase", key::ledger_purchase},
  named{"grant", key::ledger_grant},     named{"charge", key::ledger_charge},
  named{"refund", key::ledger_refund},
};

} // namespace

std::string template_name(language lang, std::string_view template_id) {
  const named* found = find(templates, template_id);
  if (!found)
    return markup::escape(template_id);
  const std::string label = texts::say(lang, found->name);
  return label.substr(label.find(' ') + 1); // without the picture
}

std::string status_name(language lang, std::string_view status) {
  const named* found = find(statuses, status);
  return found ? texts::say(lang, found->name) : markup::escape(status);
}

std::string ledger_name(language lang, std::string_view kind) {
  const named* found = find(ledger_kinds, kind);
  return texts::say(lang, found ? found->name : key::ledger_other);
}

} // namespace neurocards
