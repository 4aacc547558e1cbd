#include "clients/kie.hpp"
#include "tests/fuzz/fuzz.hpp"

// Answers of KIE to every call of ours, and what they mean for a job.

#include "domain/retry.hpp"

using namespace neurocards;
using namespace neurocards::test::fuzz;

namespace {

void judge(const kie::signal& x) {
  const auto verdict = kie::classify(x);
  require(verdict.rule != nullptr, "every verdict names its rule");
  require(storable(kie::describe(x)) && storable(kie::raw_signal(x)), "KIE's words can be stored");
  require(kie::describe(x).find('\n') == std::string::npos, "a description is one line");
  require(kie::raw_signal(x).size() <= 500, "KIE's words are bounded");
  (void)kie::violation_of(kie::raw_signal(x));
  require(!x.retry_after
            || (x.retry_after->count() >= 0 && *x.retry_after <= std::chrono::hours{1}),
          "wishes are bounded");
  retry::situation situation;
  situation.retry_after = x.retry_after;
  const auto decision = retry::decide(verdict, situation, config::generation{});
  const auto cooldown = retry::cooldown_for(verdict, x.retry_after, config::generation{});
  require(decision.delay.count() >= 0 && cooldown.count() >= 0, "no pause is negative");
}

template <class Result, class F>
void each(const Result& result, F good) {
  std::visit(
    [&](const auto& x) {
      if constexpr (std::is_same_v<std::decay_t<decltype(x)>, kie::signal>)
        judge(x);
      else
        good(x);
    },
    result);
}

bool is_address(const std::string& x) {
  return storable(x) && (x.starts_with("http://") || x.starts_with("https://"));
}

void check_state(const kie::task_state& state) {
  if (const auto* done = std::get_if<kie::succeeded>(&state))
    require(is_address(done->url), "a result has an address");
  else if (const auto* busy = std::get_if<kie::in_progress>(&state))
    require(!busy->progress || (*busy->progress >= 0 && *busy->progress <= 100), "percent");
  else if (const auto* nothing = std::get_if<kie::without_result>(&state))
    require(storable(nothing->reason), "reasons can be stored");
  else if (const auto* failed = std::get_if<kie::failed>(&state))
    judge(failed->reason);
  else
    judge(std::get<kie::poll_failed>(state).reason);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  input in{data, size};
  const auto came = response(in);
  each(kie::parse_created(came), [](const kie::created& x) {
    require(!x.task.value.empty() && storable(x.task.value), "a task has a storable name");
  });
  check_state(kie::parse_record_info(came));
  each(kie::parse_credit(came), [](double) {});
  each(kie::parse_download_url(came),
       [](const std::string& x) { require(is_address(x), "a fresh link is an address"); });
  each(kie::parse_upload(came),
       [](const std::string& x) { require(is_address(x), "an upload has an address"); });
  judge(kie::download_signal(came));
  (void)kie::brought_video(came);
  return 0;
}
