#include "bench/orders.hpp"

#include "actors/database.hpp"
#include "actors/timer_wheel.hpp"
#include "base/uuid.hpp"
#include "bench/ceiling.hpp"
#include "bench/extent.hpp"
#include "bench/measures.hpp"
#include "bench/promises.hpp"
#include "bench/report.hpp"
#include "domain/time_ordered.hpp"
#include "node/config/system_config.hpp"

#include <future>

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

namespace neurocards::bench {

namespace {

/// Customers who order as soon as their last order is committed.
struct crowd {
  static constexpr const char* name = "crowd";

  caf::event_based_actor* self;
  store_actor<store::commit_step> store;
  int count;
  int users;
  std::promise<void>* done;
  int started = 0;
  int committed = 0;

  explicit crowd(caf::event_based_actor* x) : self(x) {}

  void next() {
    if (started == count)
      return;
    self->request(store, caf::infinite, order(++started, users))
      .then([this](const store::step_outcome& got) { on_commit(got.order); },
            [this](const caf::error&) { on_commit(store::order_outcome::none); });
  }

  void on_commit(store::order_outcome outcome) {
    if (outcome != store::order_outcome::accepted)
      std::abort(); // figures of refused orders are worth nothing
    if (++committed == count)
      done->set_value();
    next();
  }
};

} // namespace

namespace {

/// Far from the numbers that Telegram's stand-in gives.
constexpr int64_t first_update = 1'000'000'000'000;

} // namespace

void prepare_customers(test::empty_database& db, int users, int updates) {
  db.sql("INSERT INTO users (tg_user_id) SELECT generate_series(1, " + std::to_string(users)
         + ") ON CONFLICT DO NOTHING");
  db.sql("SELECT count(grant_credits(i, 1000000)) FROM generate_series(1, " + std::to_string(users)
         + ") i");
  const auto first = std::to_string(first_update);
  db.sql("DELETE FROM updates WHERE update_id >= " + first);
  db.sql("INSERT INTO updates (update_id, chat_id, kind, body) SELECT " + first + " + i, 1 + i % "
         + std::to_string(users) + ", 'callback_query', '{}' FROM generate_series(1, "
         + std::to_string(updates) + ") i");
  db.sql("VACUUM ANALYZE users");
  db.sql("VACUUM ANALYZE updates");
}

store::commit_step order(int n, int users) {
  // As conversations name their drafts.
  const draft_id draft{time_ordered(uuid::random(), std::chrono::system_clock::now())};
  store::commit_step result;
  result.update = update_id{first_update + n};
  result.chat = chat_id{1 + n % users};
  result.who = {user_id{1 + n % users}, "ann", "Ann", "ru"};
  store::new_order wanted;
  wanted.draft = draft;
  wanted.jobs.push_back(
    {order_template::ad, to_string(draft) + ":0", storage_key{"photos/a.jpg"},
     R"({"product_name":"mug","product_text":"a blue mug","kind":"ad","template_id":"ad"})"});
  wanted.accepted_session = {"idle", "{}"};
  wanted.refused_session = {"awaiting_confirmation", "{}"};
  wanted.accepted_notifications = {{notification_kind::reply, R"({"text":"accepted"})"}};
  result.order = std::move(wanted);
  return result;
}

void place_orders(caf::actor_system& sys, const store_actor<store::commit_step>& store, int count,
                  int at_once, int users) {
  std::promise<void> done;
  sys.spawn([&](caf::stateful_actor<crowd>* self) {
    auto& state = self->state;
    state.store = store;
    state.count = count;
    state.users = users;
    state.done = &done;
    for (int i = 0; i < at_once; ++i)
      state.next();
  });
  done.get_future().wait();
}

namespace {

double our_orders(int count, int at_once, int users) {
  test::migrated_database db;
  prepare_customers(db, users, count);
  system_config config{config::loaded{}};
  caf::actor_system sys{config};
  auto wheel = start_timer_wheel(sys);
  auto store =
    sys.spawn<database_impl>(db::database_config{.connection = db.config()}, metrics{sys});
  const stopwatch time;
  place_orders(sys, store, count, at_once, users);
  const double result = count / time.seconds();
  caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
  sys.registry().erase(timer_wheel::name);
  require_promises(db, "orders");
  return result;
}

} // namespace

void measure_orders() {
  const double seconds = sized(4, 1);
  std::vector<double> bare, batched, single, many, hot;
  for (int round = 0; round < rounds(); ++round) {
    bare.push_back(orders_in_sql(tables::bare, 4, 100, seconds));
    batched.push_back(orders_in_sql(tables::ours, 4, 100, seconds));
    single.push_back(orders_in_sql(tables::ours, 8, 1, seconds));
    many.push_back(our_orders(sized(30'000, 500), 256, 2'000));
    hot.push_back(our_orders(sized(10'000, 500), 256, 1));
  }
  report("P3 orders, SQL on the least tables in batches of 100", median(bare), "per s");
  report("P3 orders, SQL on our tables in batches of 100", median(batched), "per s");
  report("P3 orders, SQL on our tables one by one", median(single), "per s");
  report("P3 orders of 256 conversations through the lanes", median(many), "per s");
  report("P3 orders of one hot user through the lanes", median(hot), "per s");
  compare("P3 against the least tables in batches", median(many), median(bare));
  compare("P3 against our tables in batches", median(many), median(batched), at_least(0.4));
  compare("P3 against our tables one by one", median(many), median(single), at_least(1));
  compare("P3 one hot user against our tables one by one", median(hot), median(single),
          at_least(1));
}

} // namespace neurocards::bench
