#pragma once

#include "base/log.hpp"
#include "base/secret.hpp"
#include "protocol/node_role.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The program's settings, one struct per group of cluster.conf, with the defaults. Filled and
/// validated once at start (node/config), immutable afterwards, handed by value to who needs them.
namespace neurocards::config {

using duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// One entry of `cluster.nodes`.
struct node {
  std::string name;
  std::string host;
  uint16_t port = 0; // of CAF remoting; 0: none
  std::vector<node_role> roles;
  int concurrency = 0; // 0: worker.concurrency
  std::string http{};  // its own http.listen; empty: the key's

  friend bool operator==(const node&, const node&) = default;
};

struct tls {
  std::string certificate;
  std::string key;
  std::string ca;
};

struct cluster {
  std::vector<node> nodes{
    {"main",
     "127.0.0.1",
     0,
     {node_role::gateway, node_role::notifier, node_role::worker, node_role::coordinator},
     0}};
  config::tls tls;
};

enum class telegram_mode : uint8_t { polling, webhook };

struct telegram {
  telegram_mode mode = telegram_mode::polling;
  duration poll_timeout = 50s;
  duration http_timeout = 180s;
  std::string api_url = "https://api.telegram.org";
  std::string proxy; // empty: none, whatever the environment says
};

/// One entry of `kie.models`: how a model of the catalogue wants to be asked.
struct model {
  std::string slug;
  std::string name; // as users read it
  std::string image_field = "image_urls";
  bool image_list = true;                   // an array with one item, else a string
  std::string duration_field;               // empty: the model has none
  int duration = 0;                         // seconds
  bool duration_text = true;                // "15" instead of 15
  std::map<std::string, std::string> input; // further fields: JSON values as text
  int prompt_limit = 10'000;                // characters
  int prompt_words = 0;                     // likewise, where its maker counts words; 0: no limit
  bool time_marks = true;                   // "0-3 s:" in a prompt helps it, rather than confuses
  double price = 0;                         // credits of the provider a video; 0: unknown
  std::string price_date;                   // ISO date on which that was seen; empty: unknown
  std::vector<std::string> photo_formats{"jpeg", "png", "webp"};
  int photo_min_side = 300; // pixels; where a model's page says nothing, its neighbours' limits
  int photo_max_side = 6000;
  double photo_max_ratio = 2.5;          // longer side : shorter side
  std::string provider = "kie";          // who makes its videos
  bool follows_photo = false;            // the video has the photo's shape, whatever is asked for
  std::vector<std::string> speech{"en"}; // languages that its videos speak, by its maker's list
};

/// Whether videos speak.
enum class voices : uint8_t {
  listed, // where the model's maker lists the language
  always,
  never,
};

struct generation {
  std::string api_url = "https://api.kie.ai";
  std::string upload_url = "https://kieai.redpandaai.co";
  std::vector<model> models; // the ordered catalogue
  duration poll_interval = 15s;
  duration poll_timeout = 30min;
  int max_attempts = 3;
  duration backoff_initial = 20s;
  duration backoff_max = 10min;
  duration key_cooldown = 1min;
  duration billing_cooldown = 1h;
  duration model_cooldown = 30min;
  voices speech = voices::listed;
  double max_price = 0;                 // US$ a video; dearer models are passed over; 0: none is
  int create_budget = 18;               // creations per 10 s and account
  int query_budget = 10;                // queries per second and key, all nodes together
  std::optional<duration> orphan_grace; // absent: as `grace` says

  /// How long a creation of unknown outcome waits for its callback. The provider calls when the
  /// task has ended, which nearly all have within ten minutes; where it cannot call there is little
  /// to wait for.
  duration grace(bool calls_back) const {
    return orphan_grace.value_or(calls_back ? duration{10min} : duration{2min});
  }

  duration outage_patience = 6h; // a job waits at most so long for the provider or a model
  duration outage_probe = 30s;   // doubles up to ten times that
  duration http_timeout = 60s;
  duration download_timeout = 10min;
  bool private_downloads = false; // results may come from private addresses (sandbox)
  std::string proxy{};            // empty: none, whatever the environment says
  bool price_feed = true;         // prices of the catalogue are compared with KIE's public list
};

struct runware {
  std::string api_url = "https://api.runware.ai/v1";
};

struct openai {
  std::string api_url = "https://api.openai.com/v1";
  std::string model = "gpt-4o-mini";
  duration timeout = 30s;
  int concurrency = 50;
  bool required = true;              // false: built-in templates will do without a key
  std::vector<std::string> models{}; // in order of preference; empty: `model`
  std::string reasoning_effort{};    // empty: as the model does by itself
  bool vision = true;                // the model is shown the photo
  std::string proxy{};               // empty: none, whatever the environment says
};

struct worker {
  int concurrency = 20'000;
  duration claim_interval = 2s;
};

struct notifier {
  double rate = 30; // messages per second in all
  double per_chat_rate = 1;
};

enum class storage_kind : uint8_t { local, s3 };

struct storage {
  storage_kind kind = storage_kind::local;
  std::string path = "data";
  std::string bucket;
  std::string endpoint;
  std::string region = "us-east-1";
  bool path_style = true;
  std::string public_url; // endpoint as the world sees it; empty: `endpoint`
  duration keep = std::chrono::hours{24 * 90};
};

struct http {
  std::string listen = "127.0.0.1:8080";
  std::string public_url; // empty: no public address
};

struct db {
  int lanes = 4;
  duration lease = 30s;
  duration heartbeat = 5s;
  duration patience = 30s; // how long requests and the start wait for PostgreSQL
  duration statement_timeout = 30s;
  duration audit_interval = 6h; // 0: never
};

/// Videos for Telegram Stars.
struct pack {
  int credits = 0;
  int stars = 0;
};

struct credits {
  int welcome = 2;
  std::vector<pack> packs{{5, 250}, {10, 450}, {30, 1200}};
  double star_value = 0.013; // US$ that Telegram pays for a Star
};

/// What one user may do; 0: as much as he likes.
struct limits {
  int unfinished_jobs = 20;
  int messages_per_minute = 60;
  int photos_per_hour = 60;
};

/// Credits for who brings a new user, and for that user, when he first pays; 0: none.
struct referral {
  int inviter = 0;
  int invited = 0;
};

struct broadcast {
  double rate = 10; // messages per second
};

struct operators {
  std::vector<int64_t> chats{}; // are told of what needs a person
};

struct welcome {
  std::vector<std::string> videos{}; // file ids of Telegram
};

struct logging {
  log::level level = log::level::info;
  std::string format = "text"; // or json
  std::string file;            // empty: standard error
};

struct metrics {
  bool handling = true; // how long handlers take, by message
};

struct trace {
  std::string otlp_endpoint; // of a collector; empty: no traces
};

struct session {
  duration idle_timeout = 10min;
};

struct terms {
  std::string version = "1";
  std::string offer_url;
  std::string privacy_url;
  std::string support; // how to reach a person: @name or address
};

struct drain {
  duration limit = 10s;
  duration call_limit = 65s; // more, for a creation or an upload that is being answered
};

/// From the environment or .env only.
struct secrets {
  secret bot_token;
  secret database_url;
  std::vector<std::vector<secret>> kie_accounts; // accounts, each with its keys
  secret runware_key;
  secret openai_key;
  secret aws_access_key;
  secret aws_secret_key;
  secret redis_url;
  secret telegram_webhook_secret;
  secret kie_webhook_key;
  secret http_token;
  secret http_read_token;
};

struct all {
  config::cluster cluster;
  config::telegram telegram;
  config::generation kie;
  config::runware runware;
  config::openai openai;
  config::worker worker;
  config::notifier notifier;
  config::storage storage;
  config::http http;
  config::db db;
  config::credits credits;
  config::limits limits;
  config::referral referral;
  config::broadcast broadcast;
  config::operators operators;
  config::welcome welcome;
  config::logging log;
  config::metrics metrics;
  config::trace trace;
  config::session session;
  config::terms terms;
  config::drain drain;
  config::secrets secrets;
};

} // namespace neurocards::config
