#include "node/result_networks.hpp"

#include "clients/address.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace neurocards;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> doubts(const std::string& address) {
  config::generation settings;
  return result_warnings(settings, 5s, [address](const std::string&) {
    return resolver::result{{address}, {}};
  });
}

} // namespace

TEST_SUITE_BEGIN("unit/node/result_networks");

TEST_CASE(
  "result networks: names of KIE that resolve to private addresses are told, with what to set") {
  struct row {
    const char* address;
    const char* network;
  };
  const std::vector<row> rows{
    {"198.18.0.12", "198.18.0.0/15"},
    {"198.19.255.1", "198.18.0.0/15"},
    {"100.64.3.4", "100.64.0.0/10"},
    {"10.0.0.7", "10.0.0.0/8"},
    {"172.20.1.1", "172.16.0.0/12"},
    {"192.168.1.5", "192.168.0.0/16"},
    {"fd00:1:2::3", "fc00::/7"},
    {"127.0.0.1", "127.0.0.0/8"},
    {"64:ff9b::c612:1", "64:ff9b::c612:1/128"}, // 198.18.0.1 in NAT64
  };
  for (const auto& x : rows) {
    CAPTURE(x.address);
    const auto told = doubts(x.address);
    REQUIRE(told.size() == 2); // both hosts
    CHECK(told[0].find("api.kie.ai resolves to " + std::string{x.address}) == 0);
    CHECK(told[0].find(std::string{" of "} + x.network + ", no public network")
          != std::string::npos);
    CHECK(told[0].find("kie.private-downloads = true") != std::string::npos);
  }
}

TEST_CASE("result networks: names of KIE that resolve as they should are not worth a word") {
  for (const char* address : {"104.18.2.3", "64:ff9b::6812:203", "2606:4700::6812:203",
                              "::ffff:104.18.2.3", "198.20.0.1", "100.128.0.1"}) {
    CAPTURE(address);
    CHECK(doubts(address).empty());
  }
  config::generation settings;
  settings.api_url = "http://127.0.0.1:9000"; // numbers are meant
  settings.upload_url = "http://localhost:9000";
  const auto asked = std::make_shared<int>(0);
  CHECK(result_warnings(settings, 5s, [asked](const std::string&) {
          ++*asked;
          return resolver::result{{"10.0.0.1"}, {}};
        }).empty());
  CHECK(*asked == 0);
  settings = {};
  CHECK(result_warnings(settings, 5s, [](const std::string&) {
          return resolver::result{{}, "no address"};
        }).empty());
  settings.private_downloads = true;
  CHECK(result_warnings(settings, 5s, [](const std::string&) {
          return resolver::result{{"10.0.0.1"}, {}};
        }).empty());
}

TEST_CASE(
  "result networks: the private network of an address is named, and a public one has none") {
  CHECK(http::private_network_of("198.19.1.1") == "198.18.0.0/15");
  CHECK(http::private_network_of("10.1.2.4") == "10.0.0.0/8");
  CHECK(http::private_network_of("fd00::7") == "fc00::/7");
  CHECK(http::private_network_of("8.8.8.8").empty());
  CHECK(http::private_network_of("no address").empty());
}

TEST_SUITE_END();
