#include "clients/kie.hpp"

#include "domain/models.hpp"
#include "recorded.hpp"

using namespace neurocards;
using namespace neurocards::kie;
using namespace neurocards::test;
using namespace std::chrono_literals;

namespace {

template <class T, class Variant>
T as(const Variant& x) {
  REQUIRE(std::holds_alternative<T>(x));
  return std::get<T>(x);
}

task_state state_of(const std::string& file) {
  return parse_record_info(answered(200, recorded("kie/" + file)));
}

} // namespace

TEST_SUITE_BEGIN("unit/clients/kie");

TEST_CASE("kie: a created task") {
  const auto x = as<created>(parse_created(answered(200, recorded("kie/created.json"))));
  CHECK(x.task.value == "3f9a00c2");
  CHECK(x.code == 200);
}

TEST_CASE("kie: a task that came with a refusal is kept: it may be paid for") {
  for (const int status : {200, 500}) {
    const auto x =
      as<created>(parse_created(answered(status, recorded("kie/created_with_refusal.json"))));
    CHECK(x.task.value == "3f9a00c2");
    CHECK(x.code == 500);
  }
}

TEST_CASE("kie: what cannot be a task's id says nothing of whether there is a task") {
  for (const auto& id : {std::string(129, 'a'), std::string(600'000, 'a'), std::string{"a b"},
                         std::string{"a\\n"}, std::string{"за"}}) {
    const auto got = as<kie::signal>(
      parse_created(answered(200, R"({"code":200,"data":{"taskId":")" + id + "\"}}")));
    CHECK(kie::classify(got).maybe_created);
  }
  CHECK(as<created>(parse_created(answered(200, R"({"code":200,"data":{"taskId":")"
                                                  + std::string(128, 'a') + "\"}}")))
          .task.value.size()
        == 128);
}

TEST_CASE("kie: refused creations") {
  const auto credits =
    as<kie::signal>(parse_created(answered(200, recorded("kie/refused_credits.json"))));
  CHECK(credits.from == call::create_task);
  CHECK(credits.status == 200);
  CHECK(credits.json);
  CHECK(credits.code == 402);
  CHECK(credits.message.starts_with("Credits insufficient"));
  CHECK(!classify(credits).maybe_created);
  const auto spelling =
    as<kie::signal>(parse_created(answered(422, recorded("kie/refused_message_spelling.json"))));
  CHECK(spelling.message.starts_with("The model name"));
}

TEST_CASE("kie: creations that may have happened all the same") {
  const std::vector<http::response> answers{
    answered(200, recorded("kie/created_without_task.json")),
    answered(200, "{\"code\":200,\"data\":{\"tas"),
    answered(200, ""),
    answered(502, recorded("kie/gateway.html")),
    answered(500, "{}"),
    test::unanswered(http::outcome::interrupted),
  };
  for (const auto& x : answers) {
    CAPTURE(x.status);
    CAPTURE(x.body);
    CHECK(classify(as<kie::signal>(parse_created(x))).maybe_created);
  }
}

TEST_CASE("kie: creations that certainly did not happen") {
  const std::vector<http::response> answers{
    answered(403, "error code: 1010"),
    answered(429, R"({"code":429,"msg":"Rate limit exceeded"})"),
    answered(500, R"({"code":500,"msg":"This interface is temporarily paused."})"),
    test::unanswered(http::outcome::not_sent),
  };
  for (const auto& x : answers) {
    CAPTURE(x.body);
    CHECK(!classify(as<kie::signal>(parse_created(x))).maybe_created);
  }
}

TEST_CASE("kie: tasks under way") {
  CHECK(as<in_progress>(state_of("waiting.json")).state == "waiting");
  CHECK(!as<in_progress>(state_of("waiting.json")).progress);
  CHECK(as<in_progress>(state_of("generating.json")).progress == 42);
  const auto odd = as<in_progress>(state_of("unknown_state.json"));
  CHECK(odd.state == "polishing");
  CHECK(odd.progress == 100);
}

TEST_CASE("kie: only the first result counts, never a link in the echoed request") {
  CHECK(as<succeeded>(state_of("success.json")).url == "https://files.example/v/1.mp4");
  CHECK(as<succeeded>(state_of("success_object.json")).url == "https://files.example/v/3.mp4");
  for (const char* file : {"success_empty.json", "success_broken.json", "success_no_url.json"}) {
    CAPTURE(file);
    CHECK(!as<without_result>(state_of(file)).reason.empty());
  }
}

TEST_CASE("kie: what a video took is read where it can be a price") {
  CHECK(as<succeeded>(state_of("success.json")).cost == 30.5 * 0.005);
  const std::pair<const char*, std::optional<double>> table[] = {
    {"", std::nullopt},
    {R"(,"creditsConsumed":null)", std::nullopt},
    {R"(,"creditsConsumed":-1)", std::nullopt},
    {R"(,"creditsConsumed":1e9)", std::nullopt},
    {R"(,"creditsConsumed":0)", 0.0},
    {R"(,"creditsConsumed":123)", 123.0 * 0.005}};
  for (const auto& [field, cost] : table) {
    CAPTURE(field);
    http::response got;
    got.outcome = http::outcome::answered;
    got.status = 200;
    got.body = R"({"code":200,"data":{"taskId":"t","state":"success",)"
               R"("resultJson":{"resultUrls":["https://f.example/1.mp4"]})"
               + std::string{field} + "}}";
    const auto state = parse_record_info(got);
    REQUIRE(std::holds_alternative<succeeded>(state));
    CHECK(std::get<succeeded>(state).cost == cost);
  }
}

TEST_CASE("kie: what cannot be fetched is no result, whatever it begins with") {
  for (const std::string url : {R"(https://f.example/a\\nb)", "https://f.example/a b",
                                R"(\\thttps://f.example/a)", "ftp://f.example/a"}) {
    CAPTURE(url);
    const auto state = kie::parse_record_info(
      answered(200, R"({"code":200,"data":{"state":"success","resultJson":"{\"resultUrls\":[\")"
                      + url + R"(\"]}"}})"));
    REQUIRE(std::holds_alternative<without_result>(state));
    CHECK(std::get<without_result>(state).reason == "resultJson.resultUrls[0] is no web address");
  }
}

TEST_CASE("kie: failed tasks, in each spelling") {
  const auto text = as<failed>(state_of("fail_text.json")).reason;
  CHECK(text.fail_code == "500");
  CHECK(text.fail_msg.starts_with("Internal Error"));
  const auto number = as<failed>(state_of("fail_number.json")).reason;
  CHECK(number.fail_code == "422");
  CHECK(number.fail_msg.empty());
  const auto swapped = as<failed>(state_of("fail_swapped.json")).reason;
  CHECK(swapped.fail_code.find("guardrails") != std::string::npos);
  CHECK(swapped.fail_msg == "400");
  const auto outer = as<failed>(state_of("fail_outer_501.json")).reason;
  CHECK(outer.code == 501);
  CHECK(outer.fail_code == "500");
}

TEST_CASE("kie: looks that failed say nothing about the task") {
  const auto unknown = as<poll_failed>(state_of("record_null.json")).reason;
  CHECK(unknown.code == 422);
  CHECK(classify(unknown).not_yet_known);
  const auto gateway =
    as<poll_failed>(parse_record_info(answered(502, recorded("kie/gateway.html")))).reason;
  CHECK(!gateway.json);
  CHECK(gateway.status == 502);
  CHECK(gateway.message.find("502 Bad Gateway") != std::string::npos);
  const auto lost =
    as<poll_failed>(parse_record_info(test::unanswered(http::outcome::not_sent))).reason;
  CHECK(lost.outcome == http::outcome::not_sent);
  CHECK(lost.status == 0);
}

TEST_CASE("kie: a callback names its task in either spelling") {
  const auto x = parse_callback(recorded("kie/callback_success.json"));
  REQUIRE(x);
  CHECK(x->task.value == "t-9");
  CHECK(as<succeeded>(x->state).url == "https://files.example/v/9.mp4");
  const auto bad = parse_callback(recorded("kie/fail_outer_501.json"));
  REQUIRE(bad);
  CHECK(bad->task.value == "t-1");
  CHECK(std::holds_alternative<failed>(bad->state));
  CHECK(!parse_callback("{}"));
  CHECK(!parse_callback("task_id=1"));
}

TEST_CASE("kie: a callback's signature") {
  const secret key{"whk_test_0123456789"};
  const task_id task{"281e5b0d3c7f4a52b1f39b9e6d2a7c10"};
  const std::string good = "dvStNpgEt6VbTPvSjp65O9kNjyn3Cfz1Pc8G+cSarmc=";
  const std::chrono::system_clock::time_point signed_at{1767225600s};
  const auto valid = [&](const char* time, const std::string& text, auto now) {
    return signature_valid(key, task, time, text, now);
  };
  CHECK(valid("1767225600", good, signed_at));
  CHECK(valid("1767225600", good, signed_at + 300s));
  CHECK(!valid("1767225600", good, signed_at + 301s));
  CHECK(!valid("1767225600", good, signed_at - 301s));
  CHECK(!valid("1767225601", good, signed_at));
  CHECK(!valid("1767225600 ", good, signed_at));
  CHECK(!valid("", good, signed_at));
  CHECK(!valid("1767225600", "", signed_at));
  CHECK(!valid("1767225600", good.substr(1), signed_at));
  CHECK(!valid("9223372036854775807", good, signed_at));
  CHECK(!signature_valid(key, task_id{"other"}, "1767225600", good, signed_at));
  CHECK(!signature_valid(secret{}, task, "1767225600", good, signed_at));
}

TEST_CASE("kie: credit, upload, download link") {
  CHECK(as<double>(parse_credit(answered(200, recorded("kie/credit.json")))) == 99.5);
  CHECK(
    as<kie::signal>(parse_credit(answered(200, R"({"code":401,"msg":"Unauthorized","data":5})")))
      .code
    == 401);
  CHECK(as<std::string>(parse_download_url(answered(200, recorded("kie/download_url.json"))))
        == "https://files.example/signed/1.mp4");
  CHECK(as<std::string>(parse_upload(answered(200, recorded("kie/upload.json"))))
        == "https://files.example/images/a.jpg");
  CHECK(
    as<kie::signal>(parse_upload(answered(200, R"({"code":200,"data":{"downloadUrl":"ftp://x"}})")))
      .from
    == call::upload);
  CHECK(download_signal(answered(404, "gone")).status == 404);
}

TEST_CASE("kie: of the public list of prices the rows for videos count") {
  const auto page = parse_prices(answered(200, recorded("kie/prices.json")));
  REQUIRE(page);
  CHECK(page->pages == 6);
  REQUIRE(page->rows.size() == 2);
  CHECK(page->rows[0].slug == "wan/2-6-image-to-video");
  CHECK(page->rows[0].description == "wan 2.6, image-to-video, 15.0s-720p");
  CHECK(page->rows[0].credits == 210);
  CHECK_FALSE(page->rows[0].per_second);
  CHECK(page->rows[1].slug == "bytedance/seedance-2-mini");
  CHECK(page->rows[1].credits == 8.2);
  CHECK(page->rows[1].per_second);
  for (const auto& got : {answered(403, recorded("kie/prices.json")),
                          answered(200, R"({"code": 4030, "msg": "region"})"),
                          answered(200, "<html>"), http::response{}})
    CHECK_FALSE(parse_prices(got));
  const auto request = kie::api{"https://kie.example", "https://up.example", 5s}.prices(3);
  CHECK(request.url == "https://kie.example/client/v1/model-pricing/page");
  CHECK(request.method == "POST");
  CHECK(request.body == R"({"pageNum":3,"pageSize":100})");
  CHECK(request.bearer.empty());
}

TEST_CASE("kie: every request goes out through the proxy") {
  const auto all = [](const std::string& proxy) {
    const auto x = kie::service(kie::api{"https://kie.example", "https://up.example", 5s, proxy});
    const secret key{"key"};
    const auto& model = models::shipped().front();
    return std::vector{x.create(key, {model, "a mug", "https://a.example/b.jpg", "", "token"}),
                       x.poll(key, task_id{"t"}),
                       x.probe(key),
                       x.credit(key),
                       x.upload(key, "/tmp/a", "a.jpg", "image/jpeg"),
                       x.renew_link(key, "https://a.example/1.mp4"),
                       x.prices(1)};
  };
  for (const auto& request : all("socks5h://relay.example:1080")) {
    CAPTURE(request.label);
    CHECK(request.proxy == "socks5h://relay.example:1080");
  }
  for (const auto& request : all(""))
    CHECK(request.proxy.empty());
  CHECK(
    provider::download("https://a.example", "/tmp/a", 1, 5s, false, "http://relay.example").proxy
    == "http://relay.example");
}

TEST_CASE("kie: what is kept of foreign words is short and clean") {
  const auto x = as<kie::signal>(parse_created(
    answered(502, std::string(499, 'x') + "\xd0\x96 caf\xe9" + std::string(1, '\0'))));
  CHECK(x.message == std::string(499, 'x')); // no half of a character
  const auto y = as<kie::signal>(parse_created(answered(502, std::string{"a\0b \xe9", 5})));
  CHECK(y.message == "ab ?");
}

TEST_CASE("kie: hostile bodies make no task and no result") {
  for (const auto& body : test::hostile_bodies()) {
    CHECK(!std::holds_alternative<created>(parse_created(answered(200, body))));
    CHECK(!std::holds_alternative<succeeded>(parse_record_info(answered(200, body))));
    CHECK(!std::holds_alternative<double>(parse_credit(answered(200, body))));
    CHECK(!std::holds_alternative<std::string>(parse_upload(answered(200, body))));
    CHECK(!parse_callback(body));
  }
}

TEST_CASE("kie: requests") {
  const api kie{"https://api.kie.ai", "https://up.example", 60s};
  const secret key{"k"};
  const auto create = kie.create_task(key, "{}");
  CHECK(create.url == "https://api.kie.ai/api/v1/jobs/createTask");
  CHECK(create.method == "POST");
  CHECK(create.fresh);
  CHECK(!create.follow);
  CHECK(create.bearer == key);
  const auto info = kie.record_info(key, task_id{"a b&c"});
  CHECK(info.url == "https://api.kie.ai/api/v1/jobs/recordInfo?taskId=a%20b%26c");
  CHECK(!info.fresh);
  const auto upload = kie.upload(key, "/tmp/a.jpg", "u.jpg", "image/jpeg");
  CHECK(upload.url == "https://up.example/api/file-stream-upload");
  REQUIRE(upload.parts.size() == 3);
  CHECK(upload.parts[0].file == "/tmp/a.jpg");
  CHECK(upload.parts[2].value == "u.jpg");
  const auto fetch = download("https://files.example/1.mp4", "/tmp/v", 1000, 60s, false);
  CHECK(fetch.bearer.empty());
  CHECK(fetch.follow);
  CHECK(!fetch.private_addresses);
}

TEST_CASE("kie: fingerprints") {
  // printf '%s' secret-key | sha256sum | cut -c1-16
  CHECK(fingerprint(secret{"secret-key"}).value == "85dbe15d75ef9308");
}

TEST_SUITE_END();
