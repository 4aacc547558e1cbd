#include "domain/job_filter.hpp"

#include <doctest/doctest.h>

using namespace neurocards;

TEST_CASE("job filter: terms are read, faults name the key and what is allowed") {
  const auto good = job_filter::parse("status=queued,model=a/b=c,user=7");
  CHECK(good.fault.empty());
  CHECK(
    good.terms
    == std::map<std::string, std::string>{{"status", "queued"}, {"model", "a/b=c"}, {"user", "7"}});
  const std::pair<const char*, const char*> table[] = {
    {"", "is empty; write KEY=VALUE, as status=queued,user=7"},
    {"color=red", "\"color\" is no key; allowed: status, class, model, node, user"},
    {"status", "status: has no value"},
    {"status=failed", "status: \"failed\" is not allowed; allowed: queued, processing"},
    {"user=me", "user: \"me\" is no user; write Telegram's number"},
    {"user=7,user=8", "user: stands twice"},
    {",", "\"\" is no key; allowed: status, class, model, node, user"},
  };
  for (const auto& [text, fault] : table)
    CHECK(job_filter::parse(text).fault == fault);
}
