#pragma once

#include "domain/screens.hpp"

/// What a user has ordered, and what he can still do with it.
namespace neurocards::flow {

/// How many orders a page shows.
inline constexpr int history_orders = 5;

/// The number of a page in the data of a button; 0 for what is none.
int parse_page(std::string_view argument);

/// A page of all orders, 0 the latest: `history` of the view has one more than it shows if there
/// are older ones.
telegram::outgoing history_screen(const reader&, int page);

/// The first orders of the view, a line each.
std::string order_lines(const reader&, size_t most);

/// Day and month in UTC: a list of orders needs no more.
std::string short_date(store::time_point);

} // namespace neurocards::flow
