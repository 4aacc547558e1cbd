#include "domain/job_filter.hpp"

#include <doctest/doctest.h>

using namespace neurocards;

TEST_SUITE_BEGIN("unit/domain/job_filter");

TEST_CASE("job filter: terms are read, faults name the key and what is allowed") {
  const auto good = job_filter::parse("status=queued,model=a/b=c,user=7");
  CHECK(good.fault.empty());
  CHECK(
    good.terms
    == std::map<std::string, std::string>{{"status", "queued"}, {"model", "a/b=c"}, {"user", "7"}});
  const std::pair<const char*, const char*> table[] = {
    {"", "is empty; write KEY=VALUE, as status=queued,user=7"},
    {"color=red", "\"color\" is no key; allowed: status, class, signal, model, node, user"},
    {"status", "status: has no value"},
    {"status=failed", "status: \"failed\" is not allowed; allowed: queued, processing"},
    {"user=me", "user: \"me\" is no user; write Telegram's number"},
    {"user=7,user=8", "user: stands twice"},
    {",", "\"\" is no key; allowed: status, class, signal, model, node, user"},
  };
  for (const auto& [text, fault] : table) {
    const auto read = job_filter::parse(text);
    CHECK((read.fault.empty() ? job_filter::for_action(read.terms).fault : read.fault) == fault);
  }
}

TEST_CASE("job filter: a list may ask for jobs that have ended, an action may not") {
  using terms = std::map<std::string, std::string>;
  const auto list = job_filter::for_list({{"status", "failed"}, {"class", ""}, {"user", "7"}});
  CHECK(list.fault.empty());
  CHECK(list.terms == terms{{"status", "failed"}, {"user", "7"}});
  CHECK(job_filter::for_list({}).terms.empty());
  CHECK(job_filter::for_list({}).fault.empty());
  CHECK(job_filter::for_list({{"status", "lost"}}).fault
        == "status: \"lost\" is not allowed; allowed: queued, processing, completed, failed");
  CHECK(job_filter::for_action({{"status", "failed"}}).fault
        == "status: \"failed\" is not allowed; allowed: queued, processing");
  CHECK(job_filter::for_action({{"color", "red"}}).fault
        == "\"color\" is no key; allowed: status, class, signal, model, node, user");
  CHECK(job_filter::for_action({}).fault
        == "is empty; name one of status, class, signal, model, node, user");
  CHECK(job_filter::for_action({{"node", "a"}}).terms == terms{{"node", "a"}});
  const auto errors = job_filter::for_list({{"class", "UNKNOWN"}, {"signal", "422 policy"}});
  CHECK(errors.fault.empty());
  CHECK(errors.terms == terms{{"class", "UNKNOWN"}, {"signal", "422 policy"}});
  CHECK(job_filter::parse("signal=500 model_paused").terms
        == terms{{"signal", "500 model_paused"}});
}

TEST_CASE("job filter: what is searched for becomes a user or a range of IDs") {
  using terms = std::map<std::string, std::string>;
  const std::pair<const char*, terms> table[] = {
    {"7000000001", {{"user", "7000000001"}}},
    {"0193",
     {{"id_from", "01930000-0000-0000-0000-000000000000"},
      {"id_to", "0193ffff-ffff-ffff-ffff-ffffffffffff"}}},
    {"ABCD1234-5",
     {{"id_from", "abcd1234-5000-0000-0000-000000000000"},
      {"id_to", "abcd1234-5fff-ffff-ffff-ffffffffffff"}}},
    {"01234567-89ab-cdef-0123-456789abcdef",
     {{"id_from", "01234567-89ab-cdef-0123-456789abcdef"},
      {"id_to", "01234567-89ab-cdef-0123-456789abcdef"}}},
    {"", {}},
  };
  for (const auto& [text, wanted] : table) {
    CAPTURE(text);
    const auto got = job_filter::for_list({{"q", text}});
    CHECK(got.fault.empty());
    CHECK(got.terms == wanted);
  }
  for (const auto* nonsense : {"anna", "--", "01234567-89ab-cdef-0123-456789abcdef0"})
    CHECK_MESSAGE(!job_filter::for_list({{"q", nonsense}}).fault.empty(), nonsense);
  CHECK(job_filter::for_list({{"q", "7"}, {"user", "7"}}).terms == terms{{"user", "7"}});
  CHECK(job_filter::for_list({{"q", "7"}, {"user", "8"}}).fault
        == "q: names another user than user=");
}

TEST_SUITE_END();
