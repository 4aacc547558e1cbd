#pragma once

/// The measurements of docs/performance goals. Each prints its own lines.
namespace neurocards::bench {

/// P1: whole job lives through actors and lanes against bare SQL in the same run.
void measure_lives();

/// P3: orders of many conversations, and of one hot user, against bare SQL.
void measure_orders();

/// P4: from an order's commit to its generation, in an idle system.
void measure_pickup();

/// P5: 50,000 tasks that are polled by one process.
void measure_many_tasks();

/// P6: polls of KIE tasks per second and HTTP thread.
void measure_polls();

/// P2 and P8: whole jobs through whole programs over HTTP, and what one costs our process.
void measure_jobs();

/// P7: updates answered, as many as possible and one after the other.
void measure_updates();

/// P9: lives, updates and conversations on a database with a long history.
void measure_history();

/// P10: a worker dies with 10,000 tasks in flight.
void measure_takeover();

/// P11: the pace of sending, and what one chat in trouble does to the others.
void measure_sending();

/// P12: what it costs that handlers are measured and somebody watches, of `lives` and `updates`.
void measure_metrics();

/// P13: what a node does that has nothing to do.
void measure_idleness();

/// P14: what open dashboards cost those who write to the bot.
void measure_dashboards();

/// What an installation needs by how many accounts of a provider it has: no measurement, but what
/// follows from others (bench/capacity.hpp).
void measure_capacity();

/// An installation of so many accounts, bots and workers as it lives through an evening: no
/// measurement either (bench/simulation).
void measure_simulation();

} // namespace neurocards::bench
