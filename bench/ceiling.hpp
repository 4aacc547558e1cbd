#pragma once

#include <cstdint>

namespace neurocards::bench {

enum class tables : uint8_t {
  bare, // the columns, indexes and ledger that a product like ours cannot do without
  ours, // with all our columns, constraints, references and indexes
};

/// Whole job lives per second in SQL that has none of our rules. Each step (order, claim, task,
/// completion with its notification, sent) is one statement for `batch` lives; `clients`
/// connections work side by side.
double lives_in_sql(tables, int clients, int batch, double seconds);

/// Orders per second likewise: job, charge and ledger row.
double orders_in_sql(tables, int clients, int batch, double seconds);

} // namespace neurocards::bench
