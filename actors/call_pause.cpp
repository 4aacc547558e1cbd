#include "actors/call_pause.hpp"

#include "actors/backoff.hpp"
#include "base/jitter.hpp"
#include "base/log.hpp"

namespace neurocards {

using namespace std::chrono_literals;

caf::timespan wait_after(const telegram::reply& reply, int failures) {
  if (reply.error_code == 401 || reply.error_code == 404)
    return with_jitter(60s); // only a person can help
  if (reply.error_code == 409)
    return with_jitter(5s); // the other poller may be on its way out
  if (reply.retry_after > 0)
    return std::chrono::seconds{reply.retry_after} + with_jitter(500ms);
  return backoff(failures, 1s, 30s);
}

void log_failure(std::string_view call, const telegram::reply& reply, int failures) {
  if (reply.error_code == 401 || reply.error_code == 404)
    log::error("telegram_gateway.token_refused", "doing", call, "error", reply.description,
               "advice", "set BOT_TOKEN to the token BotFather gave");
  else if (worth_a_line(failures))
    log::warn(reply.error_code == 409 ? "telegram_gateway.poll_conflicted"
                                      : "telegram_gateway.call_failed",
              "doing", call, "failures", failures, "how", reply.outcome, "status", reply.status,
              "error", reply.description);
}

} // namespace neurocards
