#pragma once

namespace neurocards::bench {

/// Whole job lives per second in bare SQL: tables with the columns, indexes and ledger that the
/// product needs, but none of its rules. Each step (order, claim, task, completion with its
/// notification, sent) is one statement for `batch` lives; `clients` connections work side by side.
double bare_lives(int clients, int batch, double seconds);

/// Orders per second likewise: job, charge and ledger row.
double bare_orders(int clients, int batch, double seconds);

} // namespace neurocards::bench
