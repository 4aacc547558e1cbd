#include "node/config/keys.hpp"

#include "domain/models.hpp"
#include "node/config/key_row.hpp"

namespace neurocards::config {

namespace {

using namespace key_row;

// One accessor serves reading and showing: a member of a member of `all`.
#define AT(member)                                                                                 \
  [](auto& x) -> auto& {                                                                           \
    return x.member;                                                                               \
  }

/// The same by names.
template <class Group, class T>
auto in_group(Group all::*group, T Group::*member) {
  return [ group, member ](auto& x) -> auto& {
    return x.*group.*member;
  };
}

using ms = std::chrono::milliseconds;

const auto positive = at_least<duration>(1ms);
const auto any_length = at_least<duration>(0ms);

void add_cluster(std::vector<key>& to) {
  to.push_back(make("cluster.nodes", AT(cluster.nodes), anything<std::vector<node>>(),
                    "the nodes and what runs on them (fields: docs/configuration.md)", live));
  to.push_back(make("cluster.tls.certificate", AT(cluster.tls.certificate), anything<std::string>(),
                    "PEM file with this node's certificate for remoting; empty: loopback only",
                    restart_here));
  to.push_back(make("cluster.tls.key", AT(cluster.tls.key), anything<std::string>(),
                    "PEM file with the key of that certificate", restart_here));
  to.push_back(make("cluster.tls.ca", AT(cluster.tls.ca), anything<std::string>(),
                    "PEM file with the authority that signed the certificates of all nodes",
                    restart_here));
}

void add_telegram(std::vector<key>& to) {
  to.push_back(make("telegram.mode", AT(telegram.mode), words<telegram_mode>("polling, webhook"),
                    "how updates come: fetched, or sent to http.public-url", restart));
  to.push_back(make("telegram.poll-timeout", AT(telegram.poll_timeout),
                    between<duration>(0ms, 10min), "how long one getUpdates waits for news",
                    restart));
  to.push_back(make("telegram.http-timeout", AT(telegram.http_timeout), positive,
                    "limit of every other call to Telegram, uploads included", restart));
  to.push_back(make("telegram.api-url", AT(telegram.api_url), url(),
                    "base address of the Bot API (environment: TELEGRAM_API_URL)", restart));
  to.push_back(make("telegram.proxy", AT(telegram.proxy), proxy_or_empty(),
                    "proxy for requests to Telegram, as libcurl writes it; empty: none",
                    restart_here));
}

void add_kie(std::vector<key>& to) {
  to.push_back(make("kie.api-url", AT(kie.api_url), url(),
                    "base address of KIE (environment: KIE_API_URL)", restart));
  to.push_back(make("kie.upload-url", AT(kie.upload_url), url(),
                    "base address of KIE's file upload (environment: KIE_UPLOAD_URL)", restart));
  to.push_back(make("kie.models", AT(kie.models), anything<std::vector<model>>(),
                    "the catalogue in order of preference: the first model that is up is used",
                    live));
  to.push_back(make("kie.poll-interval", AT(kie.poll_interval), positive,
                    "time between two polls of a task", live));
  to.push_back(make("kie.poll-timeout", AT(kie.poll_timeout), positive,
                    "after this long a task counts as failed, restarts included", live));
  to.push_back(make("kie.max-attempts", AT(kie.max_attempts), between(1, 20),
                    "attempts of a job in all", live));
  to.push_back(make("kie.backoff-initial", AT(kie.backoff_initial), any_length,
                    "wait before the second attempt; doubles with each, with jitter", live));
  to.push_back(make("kie.backoff-max", AT(kie.backoff_max), any_length, "longest such wait", live));
  to.push_back(make("kie.key-cooldown", AT(kie.key_cooldown), any_length,
                    "how long the keys of an account cool down after KIE limited it", live));
  to.push_back(make("kie.billing-rest", AT(kie.billing_cooldown), any_length,
                    "how long the keys of an account without money cool down", live));
  to.push_back(make("kie.model-rest", AT(kie.model_cooldown), any_length,
                    "how long a model that KIE switched off cools down", live));
  to.push_back(make("kie.speech", AT(kie.speech), words<voices>("listed, always, never"),
                    "whether videos speak: in languages that the models list, always or never; "
                    "what a silent one would say stands below it",
                    live));
  to.push_back(make("kie.max-price", AT(kie.max_price), between(0.0, 1'000.0),
                    "US$ a video may cost; dearer models, and those without a price, are passed "
                    "over; 0: all are used",
                    live));
  to.push_back(make("kie.create-budget", AT(kie.create_budget), between(1, 1'000'000),
                    "new tasks per account in 10 s", live));
  to.push_back(make("kie.query-budget", AT(kie.query_budget), between(1, 1'000'000),
                    "polls of tasks per key in 1 s, shared by all workers", live));
  to.push_back(make("kie.orphan-grace", AT(kie.orphan_grace), at_least_or_auto(0ms),
                    "wait for a callback after a creation whose outcome is unknown; auto: 10min "
                    "with http.public-url, else 120s",
                    live));
  to.push_back(make("kie.outage-patience", AT(kie.outage_patience), positive,
                    "how long a job waits for KIE, or for a model, before its credit goes back",
                    live));
  to.push_back(make("kie.outage-probe", AT(kie.outage_probe), positive,
                    "while KIE is down: time to the first probe; doubles up to ten times that",
                    live));
  to.push_back(
    make("kie.http-timeout", AT(kie.http_timeout), positive, "limit of one call to KIE", restart));
  to.push_back(make("kie.download-timeout", AT(kie.download_timeout), positive,
                    "limit of the download of a video", live));
  to.push_back(make("kie.private-downloads", AT(kie.private_downloads), anything<bool>(),
                    "accept results from private addresses: for simulated services, and behind a "
                    "proxy or VPN that resolves every name to such",
                    restart));
}

/// Of all providers of videos.
void add_providers(std::vector<key>& to) {
  to.push_back(make("kie.proxy", in_group(&all::kie, &generation::proxy), proxy_or_empty(),
                    "proxy for requests to KIE and Runware, and for results, as libcurl writes it; "
                    "behind it no private address is refused; empty: none",
                    restart));
  to.push_back(make("kie.price-feed", in_group(&all::kie, &generation::price_feed),
                    anything<bool>(),
                    "compare the prices of kie.models with KIE's public list once a day, and in "
                    "check: what differs is told",
                    restart));
  to.push_back(make("runware.api-url", AT(runware.api_url), url(),
                    "address of Runware's API (environment: RUNWARE_API_URL)", restart));
}

void add_openai(std::vector<key>& to) {
  to.push_back(make("openai.api-url", AT(openai.api_url), url(),
                    "base address with version (environment: OPENAI_API_URL)", restart));
  to.push_back(
    make("openai.model", AT(openai.model), not_empty(), "model that writes the scripts", live));
  to.push_back(make("openai.models", in_group(&all::openai, &openai::models),
                    anything<std::vector<std::string>>(),
                    "several in order of preference: one that is gone is passed over; empty: "
                    "openai.model alone",
                    live));
  to.push_back(make("openai.reasoning-effort", in_group(&all::openai, &openai::reasoning_effort),
                    anything<std::string>(),
                    "of models that think: none, minimal, low, …, which depends on the model; "
                    "empty: as it does by itself",
                    live));
  to.push_back(make("openai.vision", in_group(&all::openai, &openai::vision), anything<bool>(),
                    "the model is shown the photo (small, without metadata)", live));
  to.push_back(make("openai.proxy", in_group(&all::openai, &openai::proxy), proxy_or_empty(),
                    "proxy for requests to OpenAI, as libcurl writes it; empty: none", restart));
  to.push_back(make("openai.timeout", AT(openai.timeout), positive,
                    "limit of one call; then the built-in template is used", live));
  to.push_back(make("openai.concurrency", AT(openai.concurrency), between(1, 10'000),
                    "calls at once per node", live));
  to.push_back(make("openai.required", AT(openai.required), anything<bool>(),
                    "false: without OPENAI_API_KEY every script comes from the built-in templates",
                    restart));
}

void add_work(std::vector<key>& to) {
  to.push_back(make("worker.concurrency", AT(worker.concurrency), between(1, 1'000'000),
                    "jobs a node holds at most, where its entry does not say", live));
  to.push_back(make("worker.claim-interval", AT(worker.claim_interval), positive,
                    "how often to look for work without being told of any", live));
  to.push_back(make("notifier.rate", AT(notifier.rate), between(0.01, 100'000.0),
                    "messages per second to all chats", live));
  to.push_back(make("notifier.per-chat-rate", AT(notifier.per_chat_rate), between(0.01, 100'000.0),
                    "messages per second to one chat", live));
}

void add_storage(std::vector<key>& to) {
  to.push_back(make("storage.kind", AT(storage.kind), words<storage_kind>("local, s3"),
                    "where photos and videos are kept: a directory or a bucket", restart));
  to.push_back(make("storage.path", AT(storage.path), not_empty(),
                    "the directory; with s3 it holds temporary files only", restart_here));
  to.push_back(make("storage.bucket", AT(storage.bucket), anything<std::string>(),
                    "s3: name of the bucket", restart));
  to.push_back(make("storage.endpoint", AT(storage.endpoint), url_or_empty(),
                    "s3: address of the server", restart));
  to.push_back(make("storage.region", AT(storage.region), not_empty(), "s3: region", restart));
  to.push_back(make("storage.path-style", AT(storage.path_style), anything<bool>(),
                    "s3: endpoint/bucket/key; false: bucket.endpoint/key", restart));
  to.push_back(make("storage.public-url", AT(storage.public_url), url_or_empty(),
                    "s3: the server as the world sees it; empty: storage.endpoint", restart));
  to.push_back(make("storage.keep", AT(storage.keep), at_least<duration>(1min),
                    "how long files are kept", live));
}

void add_node(std::vector<key>& to) {
  to.push_back(make("http.listen", AT(http.listen), anything<std::string>(),
                    "address of the HTTP service, host:port (port 0: any); off loopback HTTP_TOKEN "
                    "must be set",
                    restart_here));
  to.push_back(make("http.public-url", AT(http.public_url), url_or_empty(),
                    "that service as the world sees it; empty: no webhooks, callbacks and links",
                    restart));
  to.push_back(
    make("db.lanes", AT(db.lanes), between(1, 64), "connections to PostgreSQL per node", restart));
  to.push_back(make("db.lease", AT(db.lease), at_least<duration>(200ms),
                    "a node silent for this long loses its jobs to others", restart));
  to.push_back(make("db.heartbeat", AT(db.heartbeat), at_least<duration>(10ms),
                    "how often a node says that it lives; at most a third of db.lease is used",
                    restart));
  to.push_back(make("db.patience", AT(db.patience), any_length,
                    "how long requests and the start wait for PostgreSQL", restart));
  to.push_back(make("db.statement-timeout", AT(db.statement_timeout), positive,
                    "limit of one statement", restart));
  to.push_back(make("db.audit-interval", AT(db.audit_interval), any_length,
                    "how often the coordinator's node proves the promises; 0s: never", restart));
}

void add_product(std::vector<key>& to) {
  to.push_back(make("credits.welcome", AT(credits.welcome), between(0, 1'000'000),
                    "credits given once, at consent", live));
  to.push_back(make("credits.packs", AT(credits.packs), anything<std::vector<pack>>(),
                    "what can be bought: credits, and their price in Telegram Stars", live));
  to.push_back(make("credits.star-value", AT(credits.star_value), between(0.0001, 10.0),
                    "US$ that Telegram pays for a Star: what a video may cost follows from it",
                    live));
  to.push_back(make("limits.unfinished-jobs", in_group(&all::limits, &limits::unfinished_jobs),
                    between(0, 100'000),
                    "videos one user may have in the making; an order beyond them waits for its "
                    "confirmation; 0: any number",
                    live));
  to.push_back(make("limits.messages-per-minute",
                    in_group(&all::limits, &limits::messages_per_minute), between(0, 100'000),
                    "messages and buttons of one chat that are heeded in a minute; 0: all", live));
  to.push_back(make("limits.photos-per-hour", in_group(&all::limits, &limits::photos_per_hour),
                    between(0, 100'000), "photos of one chat that are stored in an hour; 0: all",
                    live));
  to.push_back(make("referral.inviter", in_group(&all::referral, &referral::inviter),
                    between(0, 1'000), "credits for who invited somebody that pays; 0: none",
                    live));
  to.push_back(make("referral.invited", in_group(&all::referral, &referral::invited),
                    between(0, 1'000), "credits for who was invited, when he pays; 0: none", live));
  to.push_back(make("broadcast.rate", in_group(&all::broadcast, &broadcast::rate),
                    between(0.01, 1'000.0), "messages of a broadcast per second", live));
  to.push_back(make("operators.chats", in_group(&all::operators, &operators::chats),
                    anything<std::vector<int64_t>>(), "chats told when a person is needed", live));
  to.push_back(make("welcome.videos", in_group(&all::welcome, &welcome::videos),
                    anything<std::vector<std::string>>(), "file ids shown after consent", live));
  to.push_back(make("log.level", AT(log.level),
                    words<log::level>("trace, debug, info, warn, error"), "least level logged",
                    live_here));
  to.push_back(
    make("log.format", AT(log.format), one_of({"text", "json"}), "form of a line", restart_here));
  to.push_back(make("log.file", AT(log.file), anything<std::string>(),
                    "file to append to, opened anew on SIGHUP; empty: standard error",
                    restart_here));
  to.push_back(make("metrics.handling", AT(metrics.handling), anything<bool>(),
                    "neurocards_actor_handling_seconds: how long handlers take, by message", live));
  to.push_back(make("trace.otlp-endpoint", AT(trace.otlp_endpoint), url_or_empty(),
                    "base address of a collector that takes traces by OTLP/HTTP; empty: none",
                    restart));
  to.push_back(make("session.idle-timeout", AT(session.idle_timeout), positive,
                    "a conversation silent for this long leaves memory (not the database)", live));
  to.push_back(make("terms.version", AT(terms.version), anything<std::string>(),
                    "version of the terms; a new one asks every user again", live));
  to.push_back(make("terms.offer-url", AT(terms.offer_url), url_or_empty(),
                    "page with the offer; empty: not shown", live));
  to.push_back(make("terms.privacy-url", AT(terms.privacy_url), url_or_empty(),
                    "page about personal data; empty: not shown", live));
  to.push_back(make("terms.support", AT(terms.support), anything<std::string>(),
                    "how to reach a person, @name or address; empty: not shown", live));
  to.push_back(make("drain.limit", AT(drain.limit), any_length,
                    "how long a stopping node waits for work at hand", live));
  to.push_back(make("drain.call-limit", AT(drain.call_limit), any_length,
                    "how much longer for a creation or an upload that is being answered", live));
}

#undef AT

std::vector<key> all_keys() {
  std::vector<key> result;
  add_cluster(result);
  add_telegram(result);
  add_kie(result);
  add_providers(result);
  add_openai(result);
  add_work(result);
  add_storage(result);
  add_node(result);
  add_product(result);
  return result;
}

} // namespace

const std::vector<key>& keys() {
  static const std::vector<key> table = all_keys();
  return table;
}

std::vector<std::string> key_names() {
  std::vector<std::string> result;
  for (const auto& x : keys())
    result.push_back(x.name);
  return result;
}

const key* find_key(const std::string& name) {
  for (const auto& x : keys())
    if (x.name == name)
      return &x;
  return nullptr;
}

all defaults() {
  all result;
  result.kie.models = models::shipped();
  return result;
}

const std::vector<key_variable>& key_variables() {
  static const std::vector<key_variable> table{{"TELEGRAM_API_URL", "telegram.api-url"},
                                               {"KIE_API_URL", "kie.api-url"},
                                               {"KIE_UPLOAD_URL", "kie.upload-url"},
                                               {"RUNWARE_API_URL", "runware.api-url"},
                                               {"OPENAI_API_URL", "openai.api-url"}};
  return table;
}

} // namespace neurocards::config
