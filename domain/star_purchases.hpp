#pragma once

#include "protocol/config.hpp"
#include "protocol/store/profile.hpp"
#include "protocol/telegram.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// What was bought for Telegram Stars, as invoices and Telegram's own list of transactions tell it.
/// An invoice's payload is `1:<id>:<pack>`, and a pack's name tells what it brings and costs.
namespace neurocards::star_purchases {

inline constexpr std::string_view currency = "XTR";

/// The name in an invoice's payload; empty: not a payload of ours.
std::string_view pack_named_in(std::string_view payload);

/// What somebody who has paid gets: what his invoice promised, also if that pack costs more by now
/// or has gone; else the best pack the money buys today. 0: none, an operator has to decide.
int credits_for(const std::vector<config::pack>&, const telegram::successful_payment&);

/// One line of Telegram's list of Star transactions.
struct transaction {
  std::string charge; // of a refund: that of its purchase
  int64_t stars = 0;
  bool comes_in = false;      // to us; else it goes out
  bool is_of_invoice = false; // paid by a user for an invoice, or its refund
  bool is_shared = false;     // with an affiliate: `stars` may be less than was paid
  store::profile payer;       // of an invoice
  std::string payload;        // likewise
};

/// A purchase that the database does not have.
struct missing {
  store::profile payer;
  telegram::successful_payment payment;
  int credits = 0; // 0: an operator has to decide
};

/// The charges in the database.
struct known_charges {
  std::set<std::string> all;
  std::set<std::string> refunded = {}; // of these
};

/// What Telegram's list and the database say of each other.
struct comparison {
  std::vector<missing> to_bring_back;  // oldest first; each charge once
  std::vector<std::string> given_back; // refunded by Telegram, and in the database as paid
  std::vector<std::string> unheard_of; // charges the database has, and Telegram does not
  size_t purchases = 0;                // in Telegram's list
  size_t refunds = 0;                  // of these purchases
};

/// `listed`: the whole list. A purchase that was refunded since is not brought back.
comparison compare(const std::vector<transaction>& listed, const known_charges&,
                   const std::vector<config::pack>&);

} // namespace neurocards::star_purchases
