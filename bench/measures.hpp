#pragma once

/// The measurements of docs/performance goals. Each prints its own lines.
namespace neurocards::bench {

/// P1: whole job lives through actors and lanes against bare SQL in the same run.
void measure_lives();

/// P3: orders of many conversations, and of one hot user, against bare SQL.
void measure_orders();

/// P4: from an order's creation to its claim, in an idle system.
void measure_pickup();

/// P6: looks at KIE tasks per second and HTTP thread.
void measure_polls();

} // namespace neurocards::bench
