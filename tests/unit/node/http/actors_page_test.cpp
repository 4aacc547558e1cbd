#include "node/http/actors_page.hpp"

#include "node/http/endpoint.hpp"
#include "tests/support/raw_http.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::test;
using nlohmann::json;

namespace {

struct actors_fixture {
  endpoint_options options;
  endpoint_hooks hooks;
  std::vector<actors_query> asked;
  actors_answer told;

  actors_fixture() {
    options.port = 0;
    hooks.actors = [this](actors_query query, auto done) {
      asked.push_back(std::move(query));
      done(told);
    };
  }

  reply get(const std::string& path, const std::string& headers = {}) {
    http_endpoint endpoint{options, hooks};
    return exchange(endpoint.port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                       + headers + "\r\n");
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/node/http/actors_page");

TEST_CASE_FIXTURE(actors_fixture,
                  "actors page: actors of all nodes are one list, with those that are away") {
  told.nodes = {R"({"node":"a","kinds":[]})", R"({"node":"b","error":"does not answer"})"};
  const auto got = get("/api/actors?node=*&detail=1");
  CHECK(got.status == 200);
  CHECK(json::parse(got.body)["nodes"].size() == 2);
  CHECK(json::parse(got.body)["nodes"][1]["error"] == "does not answer");
  CHECK(asked.at(0).node == "*");
  CHECK(asked.at(0).detail);
  CHECK(asked.at(0).kind.empty());
}

TEST_CASE_FIXTURE(actors_fixture,
                  "actors page: instances of all nodes are sorted and cut together") {
  told.nodes = {
    R"({"node":"a","total":1,"instances":[{"id":1,"waiting":5,"age_s":9,"oldest_ms":7,"busy_s":1}]})",
    R"({"node":"b","total":2,"instances":[{"id":2,"waiting":9,"age_s":1,"oldest_ms":3,"busy_s":2},)"
    R"({"id":3,"waiting":1,"age_s":2,"oldest_ms":8,"busy_s":3}]})",
    R"({"node":"c","error":"does not answer within 2 s"})"};
  const auto got = json::parse(get("/api/actors/generation?node=*&limit=2").body);
  REQUIRE(got["instances"].size() == 2);
  CHECK(got["instances"][0]["id"] == 2);
  CHECK(got["instances"][0]["node"] == "b");
  CHECK(got["instances"][1]["id"] == 1);
  CHECK(got["nodes"][1]["total"] == 2);
  CHECK(got["nodes"][2]["error"] == "does not answer within 2 s");
  CHECK(asked.at(0).kind == "generation");
  const std::pair<const char*, std::vector<int>> orders[] = {
    {"waiting", {2, 1, 3}}, {"oldest", {3, 1, 2}}, {"busy", {3, 2, 1}}, {"age", {1, 3, 2}}};
  for (const auto& [sort, wanted] : orders) {
    CAPTURE(sort);
    const auto sorted =
      json::parse(get("/api/actors/generation?node=*&sort=" + std::string{sort}).body);
    std::vector<int> ids;
    for (const auto& x : sorted["instances"])
      ids.push_back(x["id"]);
    CHECK(ids == wanted);
    CHECK(asked.back().sort == sort);
  }
}

TEST_CASE_FIXTURE(actors_fixture,
                  "actors page: of one actor a probe's answer, none, or a node that is away") {
  told.nodes = {R"({"node":"a","kind":"generation","id":4,"stuck":true,"last_message":"x_atom"})"};
  CHECK(json::parse(get("/api/actors/generation/4").body)["stuck"] == true);
  CHECK(json::parse(get("/api/actors/generation/4").body)["last_message"] == "x_atom");
  CHECK(asked.at(0).id == 4);
  told.nodes = {R"({"node":"a","missing":true})"};
  CHECK(get("/api/actors/generation/4").status == 404);
  CHECK(get("/api/actors/nonsense").status == 404);
  told.nodes = {R"({"node":"a","error":"does not answer within 2 s"})"};
  const auto away = get("/api/actors/generation/4?node=a");
  CHECK(away.status == 503);
  CHECK(away.body.find("node a does not answer within 2 s") != std::string::npos);
}

TEST_CASE_FIXTURE(actors_fixture,
                  "actors page: what cannot be asked of actors is refused by name") {
  const std::vector<std::pair<std::string, int>> cases{
    {"/api/actors/generation?sort=size", 400},  {"/api/actors/generation?limit=0", 400},
    {"/api/actors/generation?limit=1001", 400}, {"/api/actors/generation?limit=x", 400},
    {"/api/actors/generation/x", 404},          {"/api/actors/generation/", 404},
    {"/api/actors/generation/7?node=*", 400},
  };
  for (const auto& [path, status] : cases)
    CHECK_MESSAGE(get(path).status == status, path);
  CHECK(asked.empty());
}

TEST_CASE_FIXTURE(actors_fixture, "actors page: the token guards it") {
  options.tokens.act = secret{"let-me-in"};
  told.nodes = {R"({"node":"a"})"};
  for (const auto* path : {"/api/actors", "/api/actors/generation", "/api/actors/generation/4"}) {
    CHECK_MESSAGE(get(path).status == 401, path);
    CHECK_MESSAGE(get(path, "Authorization: Bearer let-me-in\r\n").status == 200, path);
  }
}

TEST_SUITE_END();
