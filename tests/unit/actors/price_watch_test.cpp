#include "actors/price_watch.hpp"
#include "clients/kie.hpp"
#include "tests/support/actor_fixture.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* slug = "bytedance/seedance-2-mini";

/// KIE's list of two pages, with one model of ours on each.
struct price_fixture : actor_fixture {
  std::string mini = "8.2"; // credits a second
  int status = 200;
  std::vector<std::string> asked;
  std::shared_ptr<recent_figures> shown = std::make_shared<recent_figures>();

  std::string row(const std::string& model, const std::string& price) const {
    return R"({"modelDescription": "a model, image-to-video, 720p", "creditPrice": ")" + price
           + R"(", "creditUnit": "per second", "anchor": "https://kie.ai/x?model=)" + model
           + R"("})";
  }

  http_agent_actor http =
    spawn_fake<http_agent_actor>([this](const http::request& x) -> http::response {
      asked.push_back(x.body);
      http::response result;
      result.outcome = http::outcome::answered;
      result.status = status;
      const bool first = x.body.find(R"("pageNum":1,)") != std::string::npos;
      result.body = R"({"code": 200, "data": {"pages": 2, "records": [)"
                    + (first ? row("wan%2F3-0-video", "16") : row(slug, mini)) + "]}}";
      return result;
    });

  price_watch_actor watch = spawn<price_watch_impl>(
    price_config{kie::service(kie::api{"https://kie.example", "https://up.example", 60s}),
                 models::shipped()},
    http, shown);

  std::vector<std::pair<recent_figures::place, double>> figures() const {
    return shown->read(std::chrono::steady_clock::now());
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/actors/price_watch");

TEST_CASE_FIXTURE(price_fixture,
                  "price_watch: reads every page once a day, and shows what differs") {
  advance(2min);
  CHECK(asked.size() == 2);
  CHECK(figures().empty());
  mini = "20.5";
  advance(27h);
  CHECK(asked.size() == 4);
  REQUIRE(figures().size() == 1);
  CHECK(figures()[0].first
        == recent_figures::place{"neurocards_kie_listed_price_credits", "model", slug});
  CHECK(figures()[0].second == 307.5);
  mini = "8.2";
  caf::anon_send(watch, wake_atom_v);
  advance(1s);
  CHECK(figures().empty());
}

TEST_CASE_FIXTURE(price_fixture, "price_watch: a list that does not answer says nothing") {
  mini = "20.5";
  status = 503;
  advance(2min);
  CHECK(asked.size() == 1);
  CHECK(figures().empty());
  status = 200;
  caf::anon_send(watch, wake_atom_v);
  advance(1s);
  CHECK(asked.size() == 3);
  CHECK(figures().size() == 1);
}

TEST_SUITE_END();
