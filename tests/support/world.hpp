#pragma once

#include "tests/support/databases.hpp"
#include "tests/support/folders.hpp"
#include "tests/support/front.hpp"
#include "tests/support/process.hpp"

#include <nlohmann/json.hpp>

namespace neurocards::test {

/// One answer of a plain blocking HTTP call.
struct web_answer {
  int status = 0; // 0: no connection
  std::string body;
};
web_answer web_get(const std::string& url, const std::vector<std::string>& headers = {});
web_answer web_post(const std::string& url, const std::string& body,
                    const std::vector<std::string>& headers = {});
web_answer web_delete(const std::string& url);

/// The simulated services as a process of their own.
class sandbox_process {
public:
  /// `through`: words before the command, a program that starts the sandbox in its place.
  explicit sandbox_process(const std::vector<std::string>& options = {"--no-render"},
                           const std::vector<std::string>& through = {});

  const std::string& url() const { return url_; }
  process& program() { return *process_; }

  /// Control API (sandbox/README.md). Throw when the sandbox refuses.
  nlohmann::json get(const std::string& path);
  nlohmann::json post(const std::string& path, const nlohmann::json& body);

  /// Texts and captions of what the bot has in a chat, oldest first.
  std::vector<std::string> said_to(int64_t user);

  /// How many calls of this operation there were so far, those included that are not answered yet.
  int64_t times_called(const std::string& service, const std::string& operation);

  /// Presses the newest button of that text or of text beginning so; false while there is none.
  bool press(int64_t user, const std::string& text);

private:
  temporary_directory folder_;
  std::unique_ptr<process> process_;
  std::string url_;
};

/// The secrets and addresses of a node's environment.
std::map<std::string, std::string> node_environment(const std::string& database_url,
                                                    const std::string& services_url);

/// How updates come to the nodes of a world.
enum class updates_by : uint8_t {
  polling,
  webhook, // through one address for all nodes, which is also the public one
};

/// Database, simulated services and nodes, playing together over real HTTP.
class world {
public:
  explicit world(const std::vector<std::string>& sandbox_options = {"--no-render"});
  explicit world(updates_by);

  migrated_database db;
  sandbox_process services;

  /// Settings every node gets; a test may change them before it starts one.
  std::vector<std::string> options;

  /// Likewise variables of the environment, besides the usual ones or in their place.
  std::map<std::string, std::string> variables;

  /// What `order` sends (samples of sandbox/README.md). It has the shape of a film; of "jpeg" a
  /// frame is made first, which takes a processor as long as all else that a node does for an
  /// order.
  std::string photo = "portrait";

  /// Starts `neurocards run` without waiting for anything.
  process& launch_node(const std::vector<std::string>& more = {});

  /// Starts `neurocards run` and waits until it is ready.
  process& start_node(const std::vector<std::string>& more = {});

  /// Brings an update to one node as Telegram does; returns the HTTP status.
  int bring(const std::string& node_url, const nlohmann::json& update);

  /// Where the http endpoint of the node that was started last is.
  const std::string& node_url() const { return node_url_; }

  /// Runs a verb to its end; returns its exit code and what it printed.
  struct verb_result {
    int code = 0;
    std::string output;
  };
  verb_result verb(const std::vector<std::string>& words);

  std::map<std::string, std::string> environment() const;

  /// Leads a user from /start to the confirmed order of `count` videos.
  void order(int64_t user, int count = 1);

  /// Waits until `user` was told something that begins with `text`.
  void expect(int64_t user, const std::string& text, std::chrono::milliseconds limit = patience);

  /// Waits until every message is marked as sent. A node that is killed before the mark of a
  /// message has its message sent again by the next: it can come twice (design, promise on
  /// messages).
  void wait_for_marks();

  /// How many texts to the user begin with `text`.
  int times_said(int64_t user, const std::string& text);

  const temporary_directory& folder() const { return folder_; }

private:
  temporary_directory folder_;
  std::unique_ptr<front> front_; // with webhooks
  std::vector<std::unique_ptr<process>> nodes_;
  std::string node_url_;
};

} // namespace neurocards::test
