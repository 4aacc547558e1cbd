#include "tests/support/worker_fixture.hpp"

#include "clients/kie.hpp"
#include "clients/runware.hpp"

#include <algorithm>
#include <utility>

namespace neurocards::test {

worker_fixture::worker_fixture() {
  config::model sora;
  sora.slug = "sora";
  sora.name = "Sora 2";
  config::model kling = sora;
  kling.slug = "kling";
  kling.name = "Kling";
  kling.prompt_limit = 20;
  settings.models = {sora, kling};
  db.granted.outcome = store::intent_outcome::verdict::granted;
  db.granted.key = key_fingerprint{first_key};
  db.granted.model = "sora";
  web.says("kie.upload", {uploaded()});
  web.says("kie.createTask", {created("task-1")});
  web.says("kie.recordInfo", {success()});
  web.says("video.download", {video()});
}

worker_fixture::~worker_fixture() = default;

std::shared_ptr<const generation_context> worker_fixture::context() {
  const auto api = kie::service(kie::api{"https://kie.example", "https://upload.example", 60s});
  auto polling =
    std::make_shared<poller_config>(poller_config{api, counts, settings.poll_interval});
  std::vector<provider_context> providers{{api, accounts, polling, agent, keys, outages}};
  const auto runware = runware::service("https://runware.example/v1", 60s);
  providers.push_back(
    {runware, runware_accounts,
     std::make_shared<poller_config>(poller_config{runware, counts, settings.poll_interval}), agent,
     keys, runware_accounts.empty() ? outage_watch_actor{} : outages});
  return std::make_shared<generation_context>(generation_context{
    settings, std::move(providers), public_url, false, files,
    [](auto task, auto done) { done(task()); }, counts, job_store, objects, prompts, 0.013});
}

claimed_job worker_fixture::fresh_job() {
  claimed_job result;
  result.id = job_id{uuid::random()};
  result.owner = user_id{42};
  result.template_type = order_template::ugc;
  result.product_text = "a mug";
  result.attempts = 1;
  result.photo = storage_key{"photos/1.ready-720x960.jpg"};
  return result;
}

claimed_job worker_fixture::begun_job(std::chrono::seconds ago) {
  auto result = fresh_job();
  result.prompt = "A hand turns the mug.";
  result.model = "sora";
  result.key = key_fingerprint{second_key};
  result.task = task_id{"task-0"};
  result.task_age = ago;
  return result;
}

caf::error worker_fixture::storage_trouble() {
  if (storage_errors.empty())
    return {};
  auto result = storage_errors.front();
  storage_errors.pop_front();
  return result;
}

found_key worker_fixture::choose(const key_fingerprint& outside_of) const {
  for (const auto& account : accounts) {
    if (std::ranges::find(account.keys, outside_of) != account.keys.end())
      continue;
    for (const auto& key : account.keys)
      if (!cooling.contains(key))
        return {secret_of(key), key, {}};
  }
  found_key none;
  none.wait = std::chrono::duration_cast<std::chrono::milliseconds>(cooldown_left);
  return none;
}

secret worker_fixture::secret_of(const key_fingerprint& key) const {
  return secret{key.value == missing_key && !missing_key.empty() ? "" : "secret-" + key.value};
}

object_store_actor worker_fixture::fake_objects() {
  return spawn_fake<object_store_actor>(
    [this](const put_file&) -> caf::result<put_result> {
      log.note("put_file");
      if (auto err = storage_trouble())
        return err;
      return put_result{1'000'000};
    },
    [this](const open_file& x) -> caf::result<opened_file> {
      log.note("open_file");
      opened.push_back(x.key.value);
      if (auto err = storage_trouble())
        return err;
      return opened_file{photo_path, 1000, false};
    },
    [this](const link_file& x) -> caf::result<file_link> {
      log.note("link_file");
      linked.push_back(x.key.value);
      if (auto err = storage_trouble())
        return err;
      return file_link{photo_link};
    },
    [](const drop_file&) {});
}

prompt_writer_actor worker_fixture::fake_prompts() {
  return spawn_fake<prompt_writer_actor>(
    [this](const write_prompt&) -> caf::result<written_prompt> {
      log.note("write_prompt");
      if (no_prompt)
        return no_prompt;
      return written_prompt{written, prompt_source::openai, narration};
    });
}

key_ring_actor worker_fixture::fake_keys() {
  return spawn_fake<key_ring_actor>(
    [this](const find_key& request) {
      keys_asked.push_back(request.key);
      return found_key{secret_of(request.key), request.key, {}};
    },
    [this](const choose_key& wanted) { return choose(wanted.outside_of); },
    [this](const query_slot& slot) {
      keys_asked.push_back(slot.key);
      return query_turn{0s, secret_of(slot.key), 0};
    },
    [this](const store::cool_down_key& cooldown) {
      cooling.insert(cooldown.key);
      if (cooldown.whole_account)
        cooling.insert(cooldown.account_keys.begin(), cooldown.account_keys.end());
    });
}

outage_watch_actor worker_fixture::fake_outages() {
  return spawn_fake<outage_watch_actor>(
    [this](const weigh_failure& request) {
      weighed.push_back(request);
      return origin;
    },
    [](wake_atom) {});
}

generation_fixture::generation_fixture() = default;
generation_fixture::~generation_fixture() = default;

void generation_fixture::run(claimed_job claimed) {
  job = claimed.id;
  worker = own(sys.spawn<generation_impl>(context(), node, std::move(claimed)));
  worker->attach_functor([fate = fate_](const caf::error& error) {
    fate->ended = true;
    fate->reason = error;
  });
  settle();
}

void generation_fixture::drain() {
  caf::anon_send(worker, drain_atom_v);
  settle();
}

void generation_fixture::call_back(const std::string& task) {
  caf::anon_send(worker, task_callback{job, task_id{task}});
  settle();
}

} // namespace neurocards::test
