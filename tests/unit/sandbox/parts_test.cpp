#include "sandbox/limiter.hpp"
#include "sandbox/media/probe.hpp"
#include "sandbox/media/samples.hpp"
#include "sandbox/multipart.hpp"
#include "sandbox/options.hpp"
#include "sandbox/text.hpp"

#include <doctest/doctest.h>

using namespace neurocards::sandbox;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/sandbox/parts");

TEST_CASE("parse_multipart: splits values and files") {
  const std::string body =
    "preamble\r\n--B\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n501\r\n"
    "--B\r\nContent-Disposition: form-data; name=\"video\"; filename=\"v.mp4\"\r\n"
    "Content-Type: video/mp4\r\n\r\nab\r\n--c\r\n\r\n--B--\r\n";
  const auto parts = parse_multipart("multipart/form-data; boundary=B", body);
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  CHECK((*parts)[0].name == "chat_id");
  CHECK((*parts)[0].content == "501");
  CHECK((*parts)[1].filename == "v.mp4");
  CHECK((*parts)[1].content_type == "video/mp4");
  CHECK((*parts)[1].content == "ab\r\n--c\r\n"); // what resembles a boundary belongs to the content
}

TEST_CASE("parse_multipart: understands quoted boundaries and empty parts") {
  const auto parts =
    parse_multipart("multipart/form-data; charset=utf-8; boundary=\"x y\"",
                    "--x y\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--x y--");
  REQUIRE(parts);
  REQUIRE(parts->size() == 1);
  CHECK((*parts)[0].name == "a");
  CHECK((*parts)[0].content == "");
}

TEST_CASE("parse_multipart: refuses what is cut or has no boundary") {
  CHECK_FALSE(parse_multipart("multipart/form-data", "--B--"));
  CHECK_FALSE(parse_multipart("multipart/form-data; boundary=B", ""));
  CHECK_FALSE(parse_multipart("multipart/form-data; boundary=B", "nothing of the kind"));
  CHECK_FALSE(parse_multipart("multipart/form-data; boundary=B",
                              "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx"));
  CHECK_FALSE(parse_multipart("multipart/form-data; boundary=B", "--B\r\nhalf a head"));
}

TEST_CASE("sliding_window: allows so many in any window and does not count refusals") {
  sliding_window w;
  const steady_time t0{1h};
  CHECK(w.take(t0, 2, 10s));
  CHECK(w.take(t0 + 5s, 2, 10s));
  CHECK_FALSE(w.take(t0 + 9s, 2, 10s));
  CHECK(w.take(t0 + 10s, 2, 10s)); // the first has left the window
  CHECK_FALSE(w.take(t0 + 14s, 2, 10s));
  CHECK(w.take(t0 + 15s, 2, 10s));
}

TEST_CASE("token_bucket: lets a burst pass, then the rate, and tells how long to wait") {
  token_bucket b;
  const steady_time t0{1h};
  CHECK(b.take(t0, 1, 3) == 0ms);
  CHECK(b.take(t0, 1, 3) == 0ms);
  CHECK(b.take(t0, 1, 3) == 0ms);
  CHECK(b.take(t0, 1, 3) == 1000ms);
  CHECK(b.take(t0 + 400ms, 1, 3) == 600ms);
  CHECK(b.take(t0 + 1s, 1, 3) == 0ms);
  b.give_back(1);
  CHECK(b.take(t0 + 1s, 1, 3) == 0ms);
  CHECK(b.take(t0 + 1h, 1, 3, 10) == 0ms); // an album bigger than the burst passes a full bucket
  CHECK(b.take(t0 + 1h, 1, 3) == 1000ms);
}

TEST_CASE("limits: texts are measured in their units") {
  CHECK(code_points("жук😀") == 4);
  CHECK(utf16_units("жук😀") == 5);
  CHECK(cleaned("  a\r\n\tb \x01") == "a\n b");
  CHECK(cleaned(" \n ") == "");
  CHECK(valid_utf8("жук😀"));
  CHECK_FALSE(valid_utf8("\xC0\x80"));     // overlong
  CHECK_FALSE(valid_utf8("\xED\xA0\x80")); // a surrogate
  CHECK_FALSE(valid_utf8("\xD0"));         // cut
  CHECK(decode_base64(encode_base64("ab\0c")) == "ab\0c");
  CHECK(decode_base64("data:image/png;base64,YWI=") == "ab");
}

TEST_CASE("probe: knows pictures by their bytes") {
  CHECK(probe(sample_jpeg()).mime == "image/jpeg");
  CHECK(probe(sample_jpeg()).width == 360);
  CHECK(probe(sample_jpeg()).height == 480);
  CHECK(probe(sample_portrait()).mime == "image/jpeg");
  CHECK(probe(sample_portrait()).width == 360);
  CHECK(probe(sample_portrait()).height == 640);
  CHECK(probe(sample_png()).width == 96);
  CHECK(probe(sample_webp()).mime == "image/webp");
  CHECK(probe(sample_webp()).height == 240);
  CHECK(probe(sample_video()).mime == "video/mp4");
  CHECK_FALSE(probe("hello").picture());
  CHECK_FALSE(probe("").picture());
}

TEST_CASE("options: settings by name, units, and faults") {
  const auto o = parse_options({"--listen=127.0.0.1:0", "--kie-time=2s", "--no-render",
                                "--telegram-token=1:a", "--kie-null=50ms"});
  CHECK(o.fault == "");
  CHECK(o.services.port == 0);
  CHECK(o.services.initial.kie_generating == 1600);
  CHECK(o.services.initial.kie_null == 50);
  CHECK_FALSE(o.services.initial.render);
  CHECK(o.services.initial.telegram_token == "1:a");
  CHECK(parse_options({"--listen=8081"}).fault == "--listen: write HOST:PORT");
  CHECK(parse_options({"--nonsense=1"}).fault == "--nonsense=1: no setting is called nonsense");
  CHECK(parse_options({"run"}).fault == "unknown argument: run");
}

TEST_SUITE_END();
