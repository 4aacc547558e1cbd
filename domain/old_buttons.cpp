#include "domain/old_buttons.hpp"

#include <algorithm>
#include <array>

namespace neurocards::flow {

namespace {

struct old_button {
  std::string_view name; // ends with a colon: something follows it
  action leads_to;
};

constexpr auto old_buttons = std::to_array<old_button>({
  {"back_to_menu", action::menu},
  {"continue", action::menu},
  {"accept_terms", action::menu}, // nothing was written down: without consent, the terms come first
  {"make_reels", action::create},
  {"make_neurocard", action::create},
  {"template_1", action::create},
  {"again:", action::create},
  {"cabinet", action::cabinet},
  {"balance", action::cabinet},
  {"topup", action::shop},
  {"pay:", action::shop},
  {"support", action::help},
  // These are about an order of then; the list has a button for each product.
  {"retry:", action::history},
  {"make_another_same_product", action::history},
  {"retry_generation", action::menu},
  {"product_link", action::menu},
  {"ref_soon", action::menu},
  {"cancel", action::menu},
  {"test_payment_confirm:", action::menu}, // it would have added credits
  // Steps of an order whose session was not kept: the draft without an id is nobody's.
  {"tpl:", action::resume},
  {"count:", action::resume},
  {"confirm_generation", action::resume},
  {"confirm_self_prompt", action::resume},
  {"edit_self_prompt", action::resume},
});

} // namespace

std::optional<pressed> parse_old_data(std::string_view data) {
  const auto found = std::ranges::find_if(old_buttons, [&](const old_button& x) {
    return x.name.ends_with(':') ? data.starts_with(x.name) && data.size() > x.name.size()
                                 : data == x.name;
  });
  if (found == old_buttons.end())
    return std::nullopt;
  return pressed{found->leads_to, {}, {}};
}

std::optional<pressed> understand_data(std::string_view data) {
  const auto ours = parse_data(data);
  return ours ? ours : parse_old_data(data);
}

} // namespace neurocards::flow
