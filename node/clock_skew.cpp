#include "node/clock_skew.hpp"

#include <cstdint>

#include <pqxx/nontransaction>
#include <pqxx/result>

namespace neurocards {

namespace {

using namespace std::chrono_literals;
using time_point = std::chrono::system_clock::time_point;

constexpr auto most_skew = 30s;

} // namespace

std::string clock_difference(time_point there, time_point sent, time_point got) {
  const bool behind = there > got; // our clock, that is
  const auto skew = behind ? there - got : sent - there;
  if (skew <= most_skew)
    return {};
  return "this host's clock is "
         + std::to_string(std::chrono::round<std::chrono::seconds>(skew).count())
         + (behind ? " s behind" : " s ahead of") + " the database's; run NTP on both hosts";
}

std::string clock_difference(pqxx::connection& on) {
  pqxx::nontransaction tx{on};
  const auto sent = std::chrono::system_clock::now();
  const auto said = tx.exec1("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")[0];
  const auto got = std::chrono::system_clock::now();
  return clock_difference(time_point{std::chrono::milliseconds{said.as<int64_t>()}}, sent, got);
}

} // namespace neurocards
