#include "clients/s3_answers.hpp"
#include "clients/storage.hpp"

#include "recorded.hpp"

using namespace neurocards;
using namespace neurocards::storage;
using namespace neurocards::test;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("unit/clients/storage");

TEST_CASE("storage: keys") {
  for (const char* good : {"a", "photos/2026/ab-c_D.jpg", "x/y.z/w"})
    CHECK(key_valid(storage_key{good}));
  for (const char* bad : {"", "/", "/a", "a/", "a//b", "..", "a/../b", "./a", "a/.b", ".tmp/x",
                          "a b", "a\\b", "ключ", "a?b", "a%2fb", "a\nb"}) {
    CAPTURE(bad);
    CHECK(!key_valid(storage_key{bad}));
  }
  CHECK(!key_valid(storage_key{std::string("a\0b", 3)}));
  CHECK(key_valid(storage_key{std::string(512, 'a')}));
  CHECK(!key_valid(storage_key{std::string(513, 'a')}));
}

TEST_CASE("storage: content types") {
  CHECK(content_type(storage_key{"a/b.jpg"}) == "image/jpeg");
  CHECK(content_type(storage_key{"a/b.mp4"}) == "video/mp4");
  CHECK(content_type(storage_key{"a/b"}) == "application/octet-stream");
}

TEST_CASE("storage: a link is good for its file and its time only") {
  const link_signer signer{secret{"k"}, "https://bot.example"};
  const storage_key file{"videos/1.mp4"};
  const clock::time_point now{1767225600s};
  const auto link = signer.link(file, now + 60s);
  const std::string before = "https://bot.example/files/";
  REQUIRE(link.starts_with(before + "1767225660/"));
  CHECK(link.ends_with("/videos/1.mp4"));
  CHECK(link.find('?') == std::string::npos);
  const auto read = read_link_path(link.substr(before.size()));
  CHECK(read.file == file);
  CHECK(read.expires == "1767225660");
  const auto signature = read.signature;
  CHECK(signature.size() == 64);
  const auto valid = [&](const char* key, const char* expires, const std::string& text, auto time) {
    return signer.valid(storage_key{key}, expires, text, time);
  };
  CHECK(valid("videos/1.mp4", "1767225660", signature, now));
  CHECK(!valid("videos/1.mp4", "1767225660", signature, now + 60s));
  CHECK(!valid("videos/2.mp4", "1767225660", signature, now));
  CHECK(!valid("videos/1.mp4", "1767229999", signature, now));
  CHECK(!valid("videos/1.mp4", "01767225660", signature, now));
  CHECK(!valid("videos/1.mp4", "", signature, now));
  CHECK(!valid("videos/1.mp4", "1767225660", "", now));
  CHECK(!valid("videos/1.mp4", "1767225660", std::string(64, '0'), now));
  CHECK(!valid("videos/../videos/1.mp4", "1767225660", signature, now));
  const link_signer other{secret{"other"}, "https://bot.example"};
  CHECK(!other.valid(file, "1767225660", signature, now));
  CHECK((link_signer{secret{"k"}, ""}.link(file, now).empty()));
  CHECK((!link_signer{secret{}, "https://x"}.valid(file, "1767225660", signature, now)));
}

TEST_CASE("storage: what is no link's path is a key") {
  for (const std::string path :
       {"videos/1.mp4", "1767225660/1.mp4", "/a/b", "", "17a/ab/videos/1.mp4", "1767225660"}) {
    CAPTURE(path);
    const auto read = read_link_path(path);
    CHECK(read.file.value == path);
    CHECK(read.expires.empty());
    CHECK(read.signature.empty());
  }
}

TEST_CASE("s3: failures by what somebody does about them") {
  struct row {
    int status;
    std::string body;
    fault means;
  };
  const auto error = [](std::string code) { return "<Error><Code>" + code + "</Code></Error>"; };
  const std::vector<row> rows{
    {404, test::recorded("s3/no_such_key.xml"), fault::not_found},
    {404, "", fault::not_found},
    {404, error("NoSuchBucket"), fault::refused},
    {403, error("SignatureDoesNotMatch"), fault::refused},
    {403, error("RequestTimeTooSkewed"), fault::refused},
    {403, "", fault::refused},
    {400, error("RequestTimeout"), fault::unavailable},
    {400, error("AuthorizationHeaderMalformed"), fault::refused},
    {301, error("PermanentRedirect"), fault::refused},
    {503, error("SlowDown"), fault::unavailable},
    {500, error("InternalError"), fault::unavailable},
    {502, "<html>bad gateway</html>", fault::unavailable},
    {429, "", fault::unavailable},
  };
  for (const auto& x : rows) {
    CAPTURE(x.status);
    CAPTURE(x.body);
    CHECK(to_string(s3_failure(answered(x.status, x.body)).fault) == to_string(x.means));
  }
  CHECK(s3_failure(answered(404, rows[0].body)).error == "HTTP 404 NoSuchKey");
  CHECK(s3_failure(test::unanswered(http::outcome::interrupted)).fault == fault::unavailable);
  CHECK(s3_failure(test::unanswered(http::outcome::too_large)).fault == fault::invalid);
  auto local = test::unanswered(http::outcome::local_fault);
  local.error_number = ENOSPC;
  CHECK(s3_failure(local).fault == fault::disk_full);
  local.error_number = ENOENT;
  CHECK(s3_failure(local).fault == fault::invalid);
}

TEST_CASE("s3: a page of a list") {
  const auto x = parse_s3_list(test::recorded("s3/list.xml"));
  REQUIRE(x.ok());
  CHECK(x.next == "a&b=");
  REQUIRE(x.entries.size() == 2); // a key that is not ours is not listed
  CHECK(x.entries[0].key.value == "photos/1.jpg");
  CHECK(x.entries[0].bytes == 154832);
  CHECK(x.entries[0].modified
        == clock::time_point{1767262830s}); // date -ud 2026-01-01T10:20:30 +%s
  CHECK(x.entries[1].modified == clock::time_point{});
  CHECK(parse_s3_list("<ListBucketResult></ListBucketResult>").ok());
  CHECK(!parse_s3_list("<html>").ok());
  for (const auto& body : test::hostile_bodies())
    CHECK(parse_s3_list(body).entries.empty());
}

TEST_CASE("s3: texts of elements") {
  CHECK(xml_text("<a><b>x &amp;amp; &lt;y&gt; &unknown;</b></a>", "b") == "x &amp; <y> &unknown;");
  CHECK(xml_text("<b>never closed", "b").empty());
  CHECK(xml_text("</b><b>x</b>", "b") == "x");
  CHECK(xml_text("", "b").empty());
}

TEST_SUITE_END();
