#include "node/http/endpoint.hpp"

#include "clients/crypto.hpp"
#include "tests/support/raw_http.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <unistd.h>

using namespace neurocards;
using namespace neurocards::test;

namespace {

/// A folder that goes away with its owner.
struct temporary_folder {
  std::string path;

  temporary_folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "endpoint.XXXXXX";
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~temporary_folder() { std::filesystem::remove_all(path); }

  void write(const std::string& name, const std::string& content) const {
    const auto file = std::filesystem::path{path} / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file} << content;
  }
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct endpoint_fixture {
  temporary_folder folder;
  endpoint_options options;
  endpoint_hooks hooks;
  std::unique_ptr<http_endpoint> endpoint;

  endpoint_fixture() {
    folder.write("dashboard/index.html", "<title>board</title>");
    folder.write("dashboard/board.js", "1;");
    folder.write("dashboard/view/jobs.js", "2;");
    folder.write("vendor/chart/chart.js", "3;");
    folder.write("secret.txt", "hidden");
    options.port = 0;
    options.web_folder = folder.path;
    hooks.metrics = [](auto done) { done("m 1\n"); };
    hooks.status = [](auto done) { done("{\"queue\":0}"); };
  }

  reply send(const std::string& method, const std::string& path, const std::string& headers = {},
             const std::string& body = {}) {
    if (!endpoint)
      endpoint = std::make_unique<http_endpoint>(options, hooks);
    return exchange(endpoint->port(),
                    method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers
                      + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  reply get(const std::string& path, const std::string& headers = {}) {
    return send("GET", path, headers);
  }
  reply post(const std::string& path, const std::string& headers, const std::string& body) {
    return send("POST", path, headers, body);
  }
};

} // namespace

TEST_SUITE_BEGIN("unit/node/http/endpoint");

TEST_CASE_FIXTURE(endpoint_fixture, "endpoint: healthz answers without asking anybody") {
  CHECK(get("/healthz").status == 200);
  CHECK(get("/nowhere").status == 404);
  const auto wrong = post("/healthz", "", "");
  CHECK(wrong.status == 405);
  CHECK(holds(wrong.head, "Allow: GET"));
}

TEST_CASE_FIXTURE(endpoint_fixture,
                  "endpoint: readyz is 503 without a vital service and names every fault") {
  std::vector<ready_check> checks{{"database", true, true, ""}, {"redis", false, false, "refused"}};
  hooks.ready = [&](auto done) { done(checks); };
  const auto degraded = get("/readyz");
  CHECK(degraded.status == 200);
  CHECK(holds(degraded.body, "\"status\": \"degraded\""));
  CHECK(holds(degraded.body, "refused"));
  checks[0] = {"database", false, true, "no route"};
  const auto down = get("/readyz");
  CHECK(down.status == 503);
  CHECK(holds(down.body, "no route"));
}

TEST_CASE_FIXTURE(endpoint_fixture,
                  "endpoint: the pages of the dashboard are served, and nothing next to them") {
  const auto page = get("/");
  CHECK(page.status == 200);
  CHECK(holds(page.body, "board"));
  CHECK(holds(page.head, "text/html"));
  CHECK(holds(get("/dashboard/board.js").head, "text/javascript"));
  CHECK(get("/dashboard/view/jobs.js").body == "2;");
  CHECK(get("/dashboard/vendor/chart/chart.js").body == "3;");
  for (const auto* path : {"/dashboard/", "/dashboard/..%2fsecret.txt", "/dashboard/../secret.txt",
                           "/dashboard/view/../../secret.txt", "/dashboard/vendor/../secret.txt",
                           "/dashboard/view/", "/dashboard//view/jobs.js", "/dashboard/.hidden",
                           "/dashboard/view/.hidden", "/dashboard/none.js"})
    CHECK_MESSAGE(get(path).status == 404, path);
}

TEST_CASE_FIXTURE(endpoint_fixture,
                  "endpoint: the token guards pages, api and metrics, and nothing else") {
  options.tokens.act = secret{"let-me-in"};
  for (const auto* path : {"/", "/api/status", "/api/other", "/metrics", "/dashboard/board.js"}) {
    const auto closed = get(path);
    CHECK_MESSAGE(closed.status == 401, path);
    CHECK(holds(closed.head, "WWW-Authenticate"));
  }
  CHECK(get("/healthz").status == 200);
  CHECK(get("/metrics", "Authorization: Bearer let-me-in\r\n").body == "m 1\n");
  CHECK(get("/metrics", "Authorization: Bearer let-me-out\r\n").status == 401);
  CHECK(get("/metrics", "Authorization: Bearer \r\n").status == 401);
  const auto basic = crypto::base64("operator:let-me-in");
  CHECK(get("/api/status", "Authorization: Basic " + basic + "\r\n").body == "{\"queue\":0}");
  CHECK(get("/api/status", "Authorization: Basic !!\r\n").status == 401);
}

TEST_CASE_FIXTURE(endpoint_fixture, "endpoint: without the database the status is 503") {
  hooks.status = [](auto done) { done(""); };
  CHECK(get("/api/status").status == 503);
}

TEST_CASE_FIXTURE(endpoint_fixture,
                  "endpoint: a job is shown by its id, with users' texts only if asked for") {
  const std::string id = "01234567-89ab-4def-8123-456789abcdef";
  hooks.job = [&](job_id job, bool texts, auto done) {
    done("{\"id\":\"" + to_string(job) + "\",\"texts\":" + (texts ? "1" : "0") + "}");
  };
  CHECK(get("/api/jobs/" + id).body == "{\"id\":\"" + id + "\",\"texts\":0}");
  CHECK(get("/api/jobs/" + id + "?texts=1").body == "{\"id\":\"" + id + "\",\"texts\":1}");
  CHECK(get("/api/jobs/" + id + "?texts=0").body == "{\"id\":\"" + id + "\",\"texts\":0}");
  CHECK(holds(get("/api/jobs/" + id).head, "no-store"));
  for (const auto* no_id : {"/api/jobs/", "/api/jobs/7", "/api/jobs/x/y"})
    CHECK_MESSAGE(get(no_id).status == 404, no_id);
  CHECK(post("/api/jobs/" + id, "", "").status == 405);
}

TEST_CASE_FIXTURE(endpoint_fixture,
                  "endpoint: an unknown job is 404, one that cannot be asked for is 503") {
  const std::string path = "/api/jobs/01234567-89ab-4def-8123-456789abcdef";
  std::optional<std::string> answer{""};
  hooks.job = [&](job_id, bool, auto done) { done(answer); };
  options.tokens.act = secret{"let-me-in"};
  CHECK(get(path).status == 401);
  CHECK(get(path, "Authorization: Bearer let-me-in\r\n").status == 404);
  answer.reset();
  CHECK(get(path, "Authorization: Bearer let-me-in\r\n").status == 503);
}

TEST_CASE_FIXTURE(endpoint_fixture, "endpoint: an answer may come later and from another thread") {
  std::thread late;
  hooks.status = [&](auto done) { late = std::thread{[done] { done("{\"late\":true}"); }}; };
  CHECK(get("/api/status").body == "{\"late\":true}");
  late.join();
}

TEST_CASE_FIXTURE(endpoint_fixture, "endpoint: files are served in parts, on a good link only") {
  folder.write("v.mp4", "0123456789");
  hooks.file = [&](const storage_key& key, std::string_view expires, std::string_view signature) {
    using verdict = endpoint_hooks::file_verdict;
    if (expires != "9" || signature != "good")
      return endpoint_hooks::file_answer{verdict::forbidden, "", ""};
    if (key.value != "videos/v.mp4")
      return endpoint_hooks::file_answer{verdict::missing, "", ""};
    return endpoint_hooks::file_answer{verdict::served, folder.path + "/v.mp4", "video/mp4"};
  };
  const auto whole = get("/files/9/good/videos/v.mp4");
  CHECK(whole.status == 200);
  CHECK(whole.body == "0123456789");
  CHECK(holds(whole.head, "video/mp4"));
  CHECK(holds(whole.head, "Content-Disposition: inline; filename=\"v.mp4\""));
  CHECK(holds(whole.head, "Content-Length: 10"));
  CHECK(holds(whole.head, "Accept-Ranges: bytes"));
  const auto part = get("/files/9/good/videos/v.mp4", "Range: bytes=2-4\r\n");
  CHECK(part.status == 206);
  CHECK(part.body == "234");
  CHECK(get("/files/9/bad/videos/v.mp4").status == 403);
  CHECK(get("/files/8/good/videos/v.mp4").status == 403);
  CHECK(get("/files/videos/v.mp4").status == 403);
  CHECK(get("/files/9/good/videos/other.mp4").status == 404);
  // Links of programs before this one, which are out for a week.
  CHECK(get("/files/videos/v.mp4?expires=9&sig=good").body == "0123456789");
  CHECK(get("/files/videos/v.mp4?expires=9&sig=bad").status == 403);
}

TEST_CASE_FIXTURE(endpoint_fixture, "endpoint: a webhook is answered when its update is stored") {
  options.telegram_webhook_secret = secret{"hook-secret"};
  std::vector<std::string> stored;
  auto outcome = endpoint_hooks::stored::yes;
  hooks.webhook = [&](std::string body, auto done) {
    stored.push_back(std::move(body));
    done(outcome);
  };
  const std::string good = "X-Telegram-Bot-Api-Secret-Token: hook-secret\r\n";
  CHECK(post("/telegram/webhook", good, "{\"update_id\":1}").status == 200);
  CHECK(stored == std::vector<std::string>{"{\"update_id\":1}"});
  CHECK(post("/telegram/webhook", "", "{}").status == 401);
  CHECK(post("/telegram/webhook", "X-Telegram-Bot-Api-Secret-Token: wrong\r\n", "{}").status
        == 401);
  CHECK(stored.size() == 1);
  outcome = endpoint_hooks::stored::not_now;
  CHECK(post("/telegram/webhook", good, "{}").status == 503);
}

TEST_CASE_FIXTURE(endpoint_fixture, "endpoint: without a webhook secret there is no webhook") {
  hooks.webhook = [](std::string, auto done) { done(endpoint_hooks::stored::yes); };
  CHECK(post("/telegram/webhook", "X-Telegram-Bot-Api-Secret-Token: \r\n", "{}").status == 404);
}

TEST_CASE_FIXTURE(endpoint_fixture,
                  "endpoint: a callback of KIE reaches the node once its signature holds") {
  options.kie_webhook_key = secret{"hmac-key"};
  std::vector<store::adopt_task> heard;
  hooks.callback = [&](store::adopt_task x, auto done) {
    heard.push_back(std::move(x));
    done(endpoint_hooks::stored::yes);
  };
  const std::string token = "6f2c1d8e-0a4b-4c3d-9e5f-7a8b9c0d1e2f";
  const std::string body = R"({"code":200,"data":{"taskId":"t1","state":"success"}})";
  const auto now = std::to_string(std::time(nullptr));
  const auto signature = crypto::base64(crypto::hmac_sha256("hmac-key", "t1." + now));
  const auto headers =
    "X-Webhook-Timestamp: " + now + "\r\nX-Webhook-Signature: " + signature + "\r\n";
  CHECK(post("/kie/callback/" + token, headers, body).status == 200);
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].token == token);
  CHECK(heard[0].task.value == "t1");
  CHECK(post("/kie/callback/" + token, "", body).status == 401);
  CHECK(post("/kie/callback/" + token, headers, "no json").status == 400);
  CHECK(post("/kie/callback/", headers, body).status == 404);
  CHECK(post("/kie/callback/a/b", headers, body).status == 404);
  CHECK(heard.size() == 1);
}

namespace {

/// Every route on which somebody acts.
const std::vector<std::string> acting_routes{"/api/jobs/actions", "/api/queue", "/api/keys/0011",
                                             "/api/models/kling%2Fv2", "/api/nodes/bot-1"};

const char* const a_pause = R"({"action":"pause","reason":"test"})";

struct operators_fixture : endpoint_fixture {
  std::vector<operators_api::question> asked;

  operators_fixture() {
    options.tokens = {secret{"operator"}, secret{"reader"}};
    hooks.operators = [this](operators_api::question x, auto done) {
      asked.push_back(x);
      done({409, R"({"error":"not paused"})"});
    };
  }
};

const std::string as_operator = "Authorization: Bearer operator\r\n";
const std::string as_reader = "Authorization: Bearer reader\r\n";

} // namespace

TEST_CASE_FIXTURE(operators_fixture,
                  "endpoint: the token for reading reads everything and acts nowhere") {
  CHECK(get("/api/status", as_reader).status == 200);
  CHECK(get("/", as_reader).status == 200);
  CHECK(get("/metrics", as_reader).status == 200);
  CHECK(get("/api/access", as_reader).body == R"({"may_act":false})");
  CHECK(get("/api/access", as_operator).body == R"({"may_act":true})");
  CHECK(get("/api/access").status == 401);
  for (const auto& path : acting_routes) {
    CAPTURE(path);
    CHECK(post(path, as_reader, a_pause).status == 403);
    CHECK(post(path, "", a_pause).status == 401);
    CHECK(post(path, as_operator + "Origin: http://evil\r\n", a_pause).status == 403);
    CHECK(post(path, as_operator + "Origin: null\r\n", a_pause).status == 403);
    CHECK(post(path, as_operator, R"({"action":"pause"})").status == 400);
    CHECK(get(path, as_operator).status == 405);
    CHECK(get(path).status == 401);
  }
  CHECK(asked.empty());
}

TEST_CASE_FIXTURE(operators_fixture, "endpoint: who may act is heard, from our own page as well") {
  CHECK(post("/api/queue", as_operator, a_pause).status == 409);
  const auto got = post("/api/models/kling%2Fv2", as_operator + "Origin: http://x\r\n", a_pause);
  CHECK(got.status == 409);
  CHECK(got.body == R"({"error":"not paused"})");
  REQUIRE(asked.size() == 2);
  CHECK(std::get<store::pull_lever>(asked[0]).by.name == "http@127.0.0.1");
  CHECK(std::get<store::pull_lever>(asked[1]).name == "kling/v2");
  CHECK(post("/api/queue", as_operator, std::string(70'000, ' ')).status == 413);
}

TEST_CASE_FIXTURE(operators_fixture,
                  "endpoint: without a token a reason and our own page suffice") {
  options.tokens = {};
  CHECK(get("/api/access").body == R"({"may_act":true})");
  CHECK(post("/api/queue", "", a_pause).status == 409);
  CHECK(post("/api/queue", "", R"({"action":"pause"})").status == 400);
  CHECK(post("/api/queue", "Origin: http://evil\r\n", a_pause).status == 403);
  // A name that somebody else has pointed to this host.
  CHECK(post("/api/queue", "Origin: http://x\r\n", a_pause).status == 403);
  CHECK(asked.size() == 1);
}

TEST_CASE_FIXTURE(operators_fixture, "endpoint: lists, history and events have their routes") {
  hooks.series = [](const series_page::query& x) { return x.names.at(0); };
  hooks.events = [](const std::shared_ptr<http_server::responder>& to) { to->send(200, "events"); };
  for (const auto* path : {"/api/jobs?status=failed", "/api/errors", "/api/actions"})
    CHECK_MESSAGE(get(path, as_reader).status == 409, path); // what the hook says
  CHECK(asked.size() == 3);
  CHECK(get("/api/jobs?status=lost", as_reader).status == 400);
  CHECK(get("/api/series?name=a%7Bb%3D%22c%22%7D", as_reader).body == "a{b=\"c\"}");
  CHECK(get("/api/series?since=1y", as_reader).status == 400);
  CHECK(get("/api/events", as_reader).body == "events");
  CHECK(get("/api/events").status == 401);
}

TEST_SUITE_END();
