#include "node/http/access.hpp"

#include <doctest/doctest.h>

using namespace neurocards;
using access::right;
using access::verdict;

TEST_SUITE_BEGIN("unit/node/http/access");

TEST_CASE("access: what a token allows") {
  const access::tokens none;
  const access::tokens both{secret{"operator"}, secret{"reader"}};
  const access::tokens only_read{{}, secret{"reader"}};
  struct row {
    const access::tokens& known;
    const char* shown;
    right expected;
  };
  for (const auto& [known, shown, expected] :
       {row{none, "", right::act}, row{none, "anything", right::act},
        row{both, "operator", right::act}, row{both, "reader", right::read},
        row{both, "", right::none}, row{both, "operator2", right::none},
        row{only_read, "reader", right::read}, row{only_read, "", right::none}}) {
    CAPTURE(shown);
    CHECK(access::right_of(shown, known) == expected);
  }
}

TEST_CASE("access: who may read and who may act, and from which page") {
  struct row {
    bool acts;
    right held;
    const char* origin;
    const char* host;
    bool is_open;
    verdict expected;
  };
  for (const auto& [acts, held, origin, host, is_open, expected] : {
         row{false, right::none, "", "h", false, verdict::no_token},
         row{true, right::none, "", "h", false, verdict::no_token},
         row{false, right::read, "", "h", false, verdict::allowed},
         row{true, right::read, "", "h", false, verdict::may_not_act},
         row{true, right::read, "http://h", "h", false, verdict::may_not_act},
         row{true, right::act, "", "h", false, verdict::allowed},
         row{true, right::act, "http://h", "h", false, verdict::allowed},
         row{true, right::act, "https://Bot.example", "bot.example:443", false, verdict::allowed},
         row{true, right::act, "http://h:8080", "h:8080", false, verdict::allowed},
         row{true, right::act, "http://h:8081", "h:8080", false, verdict::foreign_origin},
         row{true, right::act, "http://evil", "h", false, verdict::foreign_origin},
         row{true, right::act, "null", "h", false, verdict::foreign_origin},
         row{true, right::act, "", "", true, verdict::allowed},
         row{true, right::act, "http://localhost:8080", "localhost:8080", true, verdict::allowed},
         row{true, right::act, "http://127.0.0.1:8080", "127.0.0.1:8080", true, verdict::allowed},
         row{true, right::act, "http://[::1]:8080", "[::1]:8080", true, verdict::allowed},
         row{true, right::act, "http://evil:8080", "evil:8080", true, verdict::foreign_origin},
       }) {
    CAPTURE(origin);
    CAPTURE(host);
    CHECK(access::decide(acts, held, {origin, host}, is_open) == expected);
  }
}

TEST_SUITE_END();
