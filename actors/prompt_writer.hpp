#pragma once

#include "actors/metrics.hpp"
#include "actors/prompt_order.hpp"
#include "actors/watched_actor.hpp"
#include "domain/circuit_breaker.hpp"
#include "domain/openai_errors.hpp"
#include "domain/prompts.hpp"
#include "protocol/actors.hpp"

#include <deque>
#include <map>

namespace neurocards {

/// Writes the script of a job with OpenAI, which is shown the photo where it can see, or with the
/// built-in template when OpenAI is down, slow, out of money, refuses, or is not configured.
/// Settings that change hold for orders that come afterwards. When it dies, who asked asks again.
class prompt_writer {
public:
  static constexpr const char* name = "prompt_writer";

  prompt_writer(prompt_writer_actor::pointer self, changing<prompt_writer_config> config,
                http_agent_actor http, metrics counts);
  prompt_writer_actor::behavior_type make_behavior();

private:
  using order = prompt_order;
  using order_ptr = std::shared_ptr<order>;
  using writer = known_writer;

  void start_next();
  bool choose_writer(order&);
  void show_photo(const order_ptr&);
  void read_photo(const order_ptr&, const opened_file&);
  void ask(const order_ptr&);
  bool ask_without_photo(const order_ptr&);
  void on_answer(const order_ptr&, const http::response&);
  void on_refusal(const order_ptr&, const openai::signal&);
  void report(const openai::verdict&, writer&);
  bool ask_again(const order_ptr&, const openai::signal&, const openai::verdict&);
  void give_up(const order_ptr&, std::string_view reason);
  void answer(const order_ptr&, std::string text, prompt_source, std::string narration = {});
  void fall_back(const order_ptr&, std::string_view cause);

  prompt_writer_actor::pointer self_;
  changing<prompt_writer_config> config_;
  http_agent_actor http_;
  metrics counts_;
  circuit_breaker breaker_;
  std::map<std::string, writer> writers_; // that were ever asked for, by name
  std::deque<order_ptr> waiting_;
  int busy_ = 0;
};

using prompt_writer_impl = watched_impl<prompt_writer_actor, prompt_writer>;

} // namespace neurocards
