#include "clients/sigv4.hpp"

#include "clients/crypto.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using namespace neurocards::sigv4;

namespace {

// The examples of Amazon's documentation, "Authenticating Requests".
const credentials amazon{"AKIAIOSFODNN7EXAMPLE", secret{"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
                         "us-east-1"};
constexpr auto day = "20130524T000000Z";
constexpr auto host = "examplebucket.s3.amazonaws.com";

exchange example(std::string method, std::string path, pairs query, pairs headers,
                 std::string_view body) {
  exchange x;
  x.method = std::move(method);
  x.path = std::move(path);
  x.query = std::move(query);
  x.headers = std::move(headers);
  x.payload_hash = crypto::hex(crypto::sha256(body));
  x.headers["host"] = host;
  x.headers["x-amz-date"] = day;
  x.headers["x-amz-content-sha256"] = x.payload_hash;
  return x;
}

} // namespace

TEST_SUITE_BEGIN("unit/clients/sigv4");

TEST_CASE("sigv4: signing key") {
  CHECK(crypto::hex(signing_key(amazon, day))
        == "dbb893acc010964918f1fd433add87c70e8b0db6be30c1fbeafefa5ec6ba8378");
}

TEST_CASE("sigv4: signatures of requests") {
  const auto get = example("GET", "/test.txt", {}, {{"range", "bytes=0-9"}}, "");
  CHECK(signature(amazon, day, get)
        == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  CHECK(authorization(amazon, day, get)
        == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
           "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature="
           "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  const auto put = example(
    "PUT", "/test$file.text", {},
    {{"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
    "Welcome to Amazon S3.");
  CHECK(signature(amazon, day, put)
        == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  CHECK(signature(amazon, day, example("GET", "/", {{"lifecycle", ""}}, {}, ""))
        == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  CHECK(signature(amazon, day, example("GET", "/", {{"max-keys", "2"}, {"prefix", "J"}}, {}, ""))
        == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST_CASE("sigv4: presigned links") {
  const auto origin = std::string{"https://"} + host;
  CHECK(presigned_url(amazon, day, "GET", origin, host, "/test.txt", 86400)
        == origin
             + "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F"
               "20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&"
               "X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
               "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  const credentials own{"TESTKEY", secret{"TESTSECRET"}, "us-east-1"};
  const auto link = presigned_url(own, "20260101T000000Z", "GET", "http://127.0.0.1:7480",
                                  "127.0.0.1:7480", "/inputs/фото 1+2.jpg", 3600);
  CHECK(link.starts_with("http://127.0.0.1:7480/inputs/%D1%84%D0%BE%D1%82%D0%BE%201%2B2.jpg?"));
  CHECK(link.ends_with("c56bc7ab77cb023001d97ba3257da97dc1441eb7d2241abfe0dde91a046f18e3"));
}

TEST_CASE("sigv4: encoding") {
  CHECK(encode_path("/a b/c~d_e.f-g") == "/a%20b/c~d_e.f-g");
  CHECK(encode_component("/+ %й") == "%2F%2B%20%25%D0%B9");
  CHECK(encode_query({{"b", "1"}, {"a", ""}, {"a b", "/"}}) == "a=&a%20b=%2F&b=1");
}

TEST_SUITE_END();
