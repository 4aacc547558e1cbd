#include "bench/ceiling.hpp"

#include "bench/ceiling_sql.hpp"
#include "bench/server.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include <pqxx/nontransaction>

namespace neurocards::bench {

namespace {

std::unique_ptr<test::empty_database> make(tables kind) {
  if (kind == tables::bare) {
    auto result = std::make_unique<test::empty_database>();
    result->sql(bare_schema);
    return result;
  }
  auto result = std::make_unique<test::migrated_database>();
  result->sql(our_users);
  return result;
}

double run(tables kind, int clients, int batch, double seconds, bool whole) {
  const auto db = make(kind);
  db->sql("VACUUM ANALYZE");
  std::atomic<bool> over{false};
  std::atomic<int64_t> lives{0};
  std::vector<std::thread> threads;
  const auto begin = std::chrono::steady_clock::now();
  for (int client = 0; client < clients; ++client)
    threads.emplace_back([&, client] {
      const auto on = db->connect();
      const auto life =
        kind == tables::bare ? bare_statements(client, batch) : our_statements(client, batch);
      while (!over) {
        pqxx::nontransaction{*on}.exec(life.order);
        if (whole)
          for (const auto& step : life.steps)
            pqxx::nontransaction{*on}.exec(step);
        lives += batch;
      }
    });
  std::this_thread::sleep_for(std::chrono::duration<double>{seconds});
  over = true;
  for (auto& thread : threads)
    thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(lives) / took.count();
}

} // namespace

double lives_in_sql(tables kind, int clients, int batch, double seconds) {
  return run(kind, clients, batch, seconds, true);
}

double orders_in_sql(tables kind, int clients, int batch, double seconds) {
  return run(kind, clients, batch, seconds, false);
}

} // namespace neurocards::bench
