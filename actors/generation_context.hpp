#pragma once

#include "actors/disk_runner.hpp"
#include "actors/metrics.hpp"
#include "actors/provider_context.hpp"
#include "actors/stages_under_way.hpp"
#include "clients/storage.hpp"
#include "domain/models.hpp"
#include "protocol/config.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/store/queue.hpp"
#include "protocol/store/request_list.hpp"

#include <memory>
#include <set>

namespace neurocards {

/// What `generation` asks the database.
using generation_store_actor =
  store_actor<store::record_prompt, store::record_intent, store::record_task, store::retry_job,
              store::complete_job, store::fail_job, store::release_jobs, store::cool_down_key,
              store::cool_down_model, store::adopt_task>;

/// What all generations of a node share. Immutable.
struct generation_context {
  config::generation settings;             // the catalogue of models among them
  std::vector<provider_context> providers; // all that the program knows
  std::string public_url; // empty: the provider can neither fetch photos from us nor call back
  bool private_downloads = false;              // results may lie on private addresses
  std::shared_ptr<const storage::store> files; // for paths of temporary files
  disk_runner disk;
  metrics counts;
  generation_store_actor store;
  object_store_actor objects;
  prompt_writer_actor prompts;
  double star_value = 0; // US$ that Telegram pays for a Star

  /// Downloads and commits, which the database does not see.
  std::shared_ptr<stages_under_way> stages = std::make_shared<stages_under_way>();

  /// Nullptr: this program does not know it.
  const provider_context* find_provider(const std::string& named) const;

  /// The models that jobs may go to: of a price within the limit and a provider that has a key.
  models::catalogue usable_models() const;

  /// The providers that jobs may go to. With a key alone, and no model, one is none of them.
  std::set<std::string> makers() const;

  /// The accounts of all of them.
  std::vector<store::account> accounts() const;

  /// How long a creation of unknown outcome waits for its callback.
  caf::timespan grace() const { return settings.grace(!public_url.empty()); }
};

} // namespace neurocards
