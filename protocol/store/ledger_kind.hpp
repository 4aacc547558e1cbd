#pragma once

#include "base/word_table.hpp"

#include <cstdint>

namespace neurocards {

/// Why credits moved (`credit_ledger.kind`).
enum class ledger_kind : uint8_t {
  welcome,
  purchase,
  grant, // by an operator: given or taken
  charge,
  refund,         // of a job that failed
  opening,        // the balance that an import brought
  referral,       // for who invited, or was invited
  payment_refund, // the money of a purchase went back
};

namespace detail {

constexpr word_table<ledger_kind, 8> ledger_kinds{
  {{ledger_kind::welcome, "welcome"},
   {ledger_kind::purchase, "purchase"},
   {ledger_kind::grant, "grant"},
   {ledger_kind::charge, "charge"},
   {ledger_kind::refund, "refund"},
   {ledger_kind::opening, "opening"},
   {ledger_kind::referral, "referral"},
   {ledger_kind::payment_refund, "payment_refund"}}};

} // namespace detail

/// Nullopt: a word that this version does not know.
constexpr std::optional<ledger_kind> parse_ledger_kind(std::string_view text) {
  return find_word(detail::ledger_kinds, text);
}

} // namespace neurocards
