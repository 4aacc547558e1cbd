#include "clients/address.hpp"
#include "clients/crypto.hpp"
#include "clients/redis.hpp"
#include "clients/wire_json.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>

using namespace neurocards;

namespace {

bool private_address(const char* text) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
    return http::is_private(reinterpret_cast<sockaddr*>(&v4));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  REQUIRE(inet_pton(AF_INET6, text, &v6.sin6_addr) == 1);
  return http::is_private(reinterpret_cast<sockaddr*>(&v6));
}

} // namespace

TEST_SUITE_BEGIN("unit/clients/small_things");

TEST_CASE("addresses: private and public") {
  for (const char* x : {"0.0.0.0",
                        "10.1.2.3",
                        "100.64.0.1",
                        "100.127.255.255",
                        "127.0.0.1",
                        "169.254.169.254",
                        "172.16.0.1",
                        "172.31.255.255",
                        "192.168.1.1",
                        "192.0.2.1",
                        "198.18.0.1",
                        "224.0.0.1",
                        "255.255.255.255",
                        "::",
                        "::1",
                        "fe80::1",
                        "fc00::1",
                        "fd12::1",
                        "ff02::1",
                        "::ffff:127.0.0.1",
                        "::ffff:10.0.0.1",
                        "64:ff9b::7f00:1",
                        "2002:7f00:1::",
                        "2001:db8::1",
                        "2001::1",
                        "::127.0.0.1"}) {
    CAPTURE(x);
    CHECK(private_address(x));
  }
  for (const char* x : {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1",
                        "172.32.0.1", "192.167.0.1", "11.0.0.0", "2606:4700::1111",
                        "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"}) {
    CAPTURE(x);
    CHECK(!private_address(x));
  }
  sockaddr other{};
  other.sa_family = AF_UNIX;
  CHECK(http::is_private(&other));
}

TEST_CASE("crypto: known values") {
  CHECK(crypto::hex(crypto::sha256("abc"))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-4
  CHECK(crypto::hex(crypto::hmac_sha256("Jefe", "what do ya want for nothing?"))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"); // RFC 4231
  CHECK(crypto::base64("") == "");
  CHECK(crypto::base64("f") == "Zg==");
  CHECK(crypto::base64("foobar") == "Zm9vYmFy");
  CHECK(crypto::equal("abc", "abc"));
  CHECK(!crypto::equal("abc", "abd"));
  CHECK(!crypto::equal("abc", "ab"));
  CHECK(crypto::equal("", ""));
}

TEST_CASE("redis: addresses") {
  const auto x = redis::parse_url("redis://bot:p%40ss@cache.example:6380/2");
  REQUIRE(x);
  CHECK(x->host == "cache.example");
  CHECK(x->port == 6380);
  CHECK(x->user == "bot");
  CHECK(x->password == secret{"p@ss"});
  CHECK(x->database == 2);
  const auto plain = redis::parse_url("redis://localhost");
  REQUIRE(plain);
  CHECK(plain->port == 6379);
  CHECK(plain->password.empty());
  const auto old = redis::parse_url("redis://:pass@[::1]:7000/");
  REQUIRE(old);
  CHECK(old->host == "::1");
  CHECK(old->port == 7000);
  CHECK(old->user.empty());
  for (const char* bad :
       {"", "redis://", "http://x", "redis://x:0", "redis://x:99999", "redis://x:y", "redis://x/a",
        "redis://x/-1", "redis://[::1", "redis://:6379"}) {
    CAPTURE(bad);
    CHECK(!redis::parse_url(bad));
  }
}

TEST_CASE("redis: TLS and parameters, as those who host Redis write them") {
  const auto x =
    redis::parse_url("rediss://default:pa?ss@cache.example:6380?db=3&ssl_cert_reqs=none"
                     "&socket_timeout=5&x");
  REQUIRE(x);
  CHECK(x->tls);
  CHECK(!x->verify);
  CHECK(x->host == "cache.example");
  CHECK(x->port == 6380);
  CHECK(x->password == secret{"pa?ss"});
  CHECK(x->database == 3);
  CHECK(x->ignored == std::vector<std::string>{"socket_timeout", "x"});
  const auto plain = redis::parse_url("redis://localhost/1?protocol=3");
  REQUIRE(plain);
  CHECK(!plain->tls);
  CHECK(plain->verify);
  CHECK(plain->database == 1);
  CHECK(!redis::parse_url("rediss://:pa/ss@host"));
  CHECK(!redis::parse_url("redis://host?db=x"));
  CHECK(!redis::parse_url("redis"));
}

TEST_CASE("wire json: what is missing or wrong reads as empty") {
  const wire::document doc{
    R"({"s":"x","n":null,"i":7,"f":7.0,"h":7.5,"t":"12","b":true,"a":[1],"o":{}})"};
  const auto root = doc.root();
  REQUIRE(root);
  const auto member = [&](const char* key) { return wire::member(root, key); };
  CHECK(wire::text(member("s")) == "x");
  CHECK(wire::text(member("i")).empty());
  CHECK(wire::loose_text(member("i")) == "7");
  CHECK(wire::loose_text(member("b")) == "true");
  CHECK(wire::loose_text(member("o")).empty());
  CHECK(!member("n"));
  CHECK(!member("missing"));
  CHECK(wire::integer(member("f")) == 7);
  CHECK(!wire::integer(member("h")));
  CHECK(wire::integer(member("t")) == 12);
  CHECK(!wire::integer(member("s")));
  CHECK(!wire::integer(member("b")));
  CHECK(wire::number(member("h")) == 7.5);
  CHECK(wire::items(member("a")).size() == 1);
  CHECK(wire::items(member("o")).empty());
  CHECK(!wire::member(member("a"), "x"));
  CHECK(!wire::document{""}.root());
  CHECK(!wire::document{"{} {}"}.root()->get_object().error());
  CHECK(wire::document{std::string(60, '[') + std::string(60, ']')}.root());
  CHECK(wire::document{std::string(70, '[') + std::string(70, ']')}.root());
  CHECK(!wire::document{std::string(70, '[')}.root());
  CHECK(!wire::document{"{\"a\":1"}.root());
  CHECK(!wire::document{"<html>{\"a\":1}</html>"}.root());
}

TEST_CASE("wire json: excerpts") {
  CHECK(wire::excerpt("абв", 5) == "аб");
  CHECK(wire::excerpt("a\xffz", 9) == "a?z");
  CHECK(wire::excerpt("\xed\xa0\x80", 9) == "???"); // half a surrogate pair
  CHECK(wire::excerpt("\xc0\xaf", 9) == "??");      // an overlong slash
  CHECK(wire::excerpt("\xf0\x9f\x98\x80", 9) == "\xf0\x9f\x98\x80");
  CHECK(wire::excerpt("\xf4\x90\x80\x80", 9) == "????"); // beyond Unicode
  CHECK(wire::excerpt(std::string_view{"a\0b", 3}, 9) == "ab");
}

TEST_SUITE_END();
