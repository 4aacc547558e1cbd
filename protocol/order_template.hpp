#pragma once

#include "base/word_table.hpp"

#include <cstdint>

namespace neurocards {

/// What kind of clip an order is for (`jobs.template_type`).
enum class order_template : uint8_t {
  ugc,  // as if a buyer had filmed it
  ad,   // a commercial
  self, // by the user's own words
};

namespace detail {

constexpr word_table<order_template, 3> order_templates{
  {{order_template::ugc, "ugc"}, {order_template::ad, "ad"}, {order_template::self, "self"}}};

} // namespace detail

/// The word that stands in rows, sessions and buttons.
constexpr std::string_view to_string(order_template x) {
  return word_of(detail::order_templates, x);
}

/// Nullopt: a word that this version does not know.
constexpr std::optional<order_template> parse_order_template(std::string_view text) {
  return find_word(detail::order_templates, text);
}

} // namespace neurocards
