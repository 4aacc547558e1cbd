#pragma once

#include "bench/installation.hpp"

namespace neurocards::bench {

/// An order of the ordinary kind by user 7, delivered: its photo serves all jobs after it.
void order_first(installation&);

/// Customers of `add_jobs`. Messages to one chat are sent one after the other: it takes many.
constexpr int customers = 500;
void add_customers(installation&);

/// `count` jobs at once, of all customers by turns.
void add_jobs(installation&, int count);

} // namespace neurocards::bench
