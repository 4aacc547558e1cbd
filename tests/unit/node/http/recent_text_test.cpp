#include "node/http/recent_text.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/node/http/recent_text");

TEST_CASE("recent figures: each disappears with its source") {
  recent_figures figures;
  const auto start = recent_figures::time_point{} + 1h;
  figures.set({"neurocards_kie_balance_credits", "fingerprint", "a"}, 12.5, start + 10s);
  figures.set({"neurocards_kie_balance_credits", "fingerprint", "b"}, 7, start + 20s);
  figures.set({"neurocards_storage_free_bytes"}, 2e12, start + 10s);
  CHECK(recent_text(figures, start)
        == "# HELP neurocards_kie_balance_credits What a KIE key has left, in KIE's credits.\n"
           "# TYPE neurocards_kie_balance_credits gauge\n"
           "neurocards_kie_balance_credits{fingerprint=\"a\"} 12.5\n"
           "neurocards_kie_balance_credits{fingerprint=\"b\"} 7\n"
           "# HELP neurocards_storage_free_bytes Room on the disk of storage.path.\n"
           "# TYPE neurocards_storage_free_bytes gauge\n"
           "neurocards_storage_free_bytes 2e+12\n");
  const auto later = recent_text(figures, start + 11s);
  CHECK(later.find("\"a\"") == std::string::npos);
  CHECK(later.find("\"b\"} 7\n") != std::string::npos);
  CHECK(later.find("storage") == std::string::npos);
  figures.remove({"neurocards_kie_balance_credits", "fingerprint", "b"});
  CHECK(recent_text(figures, start).find("\"b\"") == std::string::npos);
}

TEST_SUITE_END();
