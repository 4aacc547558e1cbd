#pragma once

/// The measurements of docs/performance goals. Each prints its own lines.
namespace neurocards::bench {

/// P1: whole job lives through actors and lanes against bare SQL in the same run.
void measure_lives();

/// P3: orders of many conversations, and of one hot user, against bare SQL.
void measure_orders();

/// P4: from an order's creation to its claim, in an idle system.
void measure_pickup();

/// P6: polls of KIE tasks per second and HTTP thread.
void measure_polls();

/// P2 and P8: whole jobs through whole programs over HTTP, and what one costs our process.
void measure_jobs();

/// P7: updates answered, as many as possible and one after the other.
void measure_updates();

/// P10: a worker dies with 10,000 tasks in flight.
void measure_takeover();

/// P11: the pace of sending, and what one chat in trouble does to the others.
void measure_sending();

/// P12: what it costs that handlers are measured and somebody watches, of `lives` and `updates`.
void measure_metrics();

} // namespace neurocards::bench
