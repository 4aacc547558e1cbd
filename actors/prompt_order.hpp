#pragma once

#include "actors/prompt_writer_config.hpp"
#include "base/changing.hpp"
#include "domain/prompts.hpp"
#include "protocol/work.hpp"

#include <set>

#include <caf/actor_clock.hpp>
#include <caf/typed_response_promise.hpp>

namespace neurocards {

/// A script that is being written.
struct prompt_order {
  changing<prompt_writer_config>::pointer settings; // of when it came: it ends as it began
  claimed_job job;
  caf::typed_response_promise<written_prompt> promise;
  int tries = 0;
  std::set<std::string> without; // parameters that the server does not know
  std::string photo;             // as a data: address; empty: it is not shown
  std::string writer;            // who is asked
  caf::actor_clock::time_point deadline;
};

/// Whether asking at `when` makes sense: a request cut short would be counted against OpenAI.
bool time_left(const prompt_order&, caf::actor_clock::time_point when);

/// What OpenAI is asked.
openai::chat chat_for(const prompt_order&);

/// The clip that the script is for.
prompts::film film_of(const prompt_order&);

/// What is known of one of OpenAI's models.
struct known_writer {
  caf::actor_clock::time_point gone_until;  // it does not exist
  caf::actor_clock::time_point blind_until; // it reads no pictures
};

} // namespace neurocards
