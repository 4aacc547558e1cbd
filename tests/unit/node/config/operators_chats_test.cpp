#include "tests/unit/node/config/loading.hpp"

#include <doctest/doctest.h>

using namespace neurocards::config;
using namespace neurocards::test;

namespace {

loaded load_with_admins(const std::string& ids, std::vector<std::string> options = {}) {
  auto environment = good_environment();
  environment["ADMIN_IDS"] = ids;
  return load_options(std::move(options), environment);
}

} // namespace

TEST_SUITE_BEGIN("unit/node/config/operators_chats");

TEST_CASE("operators_chats: those of the file and those of ADMIN_IDS, each once") {
  const auto x = load_with_admins(" 42, -1001234567890,7", {"--operators.chats=[7, 8]"});
  CHECK(all_lines(x.faults) == "");
  CHECK(x.settings.operators.chats == std::vector<int64_t>{7, 8, 42, -1'001'234'567'890});
  CHECK(load_with_admins("[1, 2]").faults.size() == 2);
  CHECK(load_with_admins("'1','2'").settings.operators.chats == std::vector<int64_t>{1, 2});
  CHECK(load_options({}).settings.operators.chats.empty());
}

TEST_CASE("operators_chats: what is no number is refused by name") {
  CHECK(holds(all_lines(load_with_admins("1,anna").faults), "ADMIN_IDS: \"anna\" is no number"));
  CHECK(holds(all_lines(load_options({"--operators.chats=[\"x\"]"}).faults), "no whole number"));
  CHECK(holds(all_lines(load_options({"--operators.chats=42"}).faults), "no list"));
  CHECK(holds(all_lines(load_options({"--welcome.videos=[1]"}).faults), "no text"));
}

TEST_CASE("operators_chats: lists stand in the file as they are written") {
  const auto x = load_text("operators { chats = [ 42, -5 ] }\nwelcome { videos = [ \"BAAC-1\" ] }\n"
                           "referral { inviter = 3, invited = 1 }\nbroadcast { rate = 2.5 }\n");
  CHECK(all_lines(x.faults) == "");
  CHECK(x.settings.operators.chats == std::vector<int64_t>{42, -5});
  CHECK(x.settings.welcome.videos == std::vector<std::string>{"BAAC-1"});
  CHECK(x.settings.referral.inviter == 3);
  CHECK(x.settings.referral.invited == 1);
  CHECK(x.settings.broadcast.rate == 2.5);
  CHECK(holds(all_lines(load_options({"--referral.inviter=-1"}).faults), "referral.inviter"));
  CHECK(holds(all_lines(load_options({"--broadcast.rate=0"}).faults), "broadcast.rate"));
}

TEST_SUITE_END();
