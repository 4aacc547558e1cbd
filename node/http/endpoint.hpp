#pragma once

#include "base/http_server.hpp"
#include "base/secret.hpp"
#include "node/http/access.hpp"
#include "node/http/operators_api.hpp"
#include "node/http/series_page.hpp"
#include "protocol/actors_view.hpp"
#include "protocol/store/provider.hpp"
#include "protocol/work.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace neurocards {

/// One line of `/readyz`.
struct ready_check {
  std::string name; // "database", "telegram", …
  bool ok = false;
  bool vital = false; // without it the node is not ready (503)
  std::string detail; // what is wrong; never a secret
};

/// What the endpoint asks of the node. Hooks are called on the endpoint's thread and must not
/// block; every `done` may be called later, once, from any thread. An empty hook answers 404.
struct endpoint_hooks {
  template <class T>
  using reply = std::function<void(T)>;

  enum class stored : uint8_t { yes, not_now };
  enum class file_verdict : uint8_t { served, forbidden, missing };
  struct file_answer {
    file_verdict verdict = file_verdict::missing;
    std::string path; // served
    std::string content_type;
  };

  /// JSON object for `/api/status`; empty: the database did not answer (503).
  std::function<void(reply<std::string> done)> status;

  /// JSON object for `/api/jobs/ID`; nullopt: the database did not answer (503); empty: there is no
  /// such job. `texts`: with what the user wrote.
  std::function<void(job_id, bool texts, reply<std::optional<std::string>> done)> job;

  /// What this node's actors are, or those of the nodes that `query.node` names; empty: this one's.
  std::function<void(actors_query query, reply<actors_answer> done)> actors;

  /// A list that operators read, or what they want to be done.
  std::function<void(operators_api::question, reply<operators_api::answer> done)> operators;

  /// The history of figures, as JSON. Answers at once.
  std::function<std::string(const series_page::query&)> series;

  /// Somebody listens to the events of this node.
  std::function<void(std::shared_ptr<http_server::responder>)> events;

  std::function<void(reply<std::vector<ready_check>> done)> ready;

  /// Prometheus text.
  std::function<void(reply<std::string> done)> metrics;

  /// A genuine update of Telegram. `yes` makes Telegram forget it.
  std::function<void(std::string body, reply<stored> done)> webhook;

  /// A callback of KIE, its signature verified where a key is configured.
  std::function<void(store::adopt_task, reply<stored> done)> callback;

  /// Told of every answer, on the endpoint's thread. `route` is a word of ours.
  std::function<void(std::string_view route, int status, std::chrono::nanoseconds took)> answered;

  /// Checks a link to a stored file and says where the file lies.
  std::function<file_answer(const storage_key&, std::string_view expires,
                            std::string_view signature)>
    file;
};

struct endpoint_options {
  std::string host = "127.0.0.1";
  uint16_t port = 8080;           // 0: any free one
  std::string web_folder;         // holds dashboard/ and vendor/
  access::tokens tokens;          // none set: no guard
  secret telegram_webhook_secret; // empty: no webhooks are accepted
  secret kie_webhook_key;         // empty: callbacks are not signed
};

/// The node's HTTP service (docs/operations.md, docs/http_api.md). Knows no actors.
class http_endpoint {
public:
  /// Listens at once; throws std::runtime_error when it cannot.
  http_endpoint(endpoint_options, endpoint_hooks);
  ~http_endpoint();

  uint16_t port() const;
  void stop();

private:
  struct service;
  std::shared_ptr<service> service_;
  std::unique_ptr<http_server> server_;
};

} // namespace neurocards
