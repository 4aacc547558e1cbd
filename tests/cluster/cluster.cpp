#include "tests/cluster/cluster.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iostream>

namespace neurocards::cluster {

namespace fs = std::filesystem;

namespace {

constexpr const char* services_host = "internet";

/// Short times, so that what takes half a minute elsewhere takes seconds here.
constexpr const char* settings = R"(
db { lease = 3s, heartbeat = 500ms, lanes = 2 }
kie {
  poll-interval = 300ms, backoff-initial = 200ms, backoff-max = 1s, orphan-grace = 1s,
  create-budget = 100000, query-budget = 100000, http-timeout = 5s
}
telegram { poll-timeout = 1s, http-timeout = 5s }
notifier { rate = 1000, per-chat-rate = 1000 }
worker { claim-interval = 200ms }
credits { welcome = 100000 }
openai { timeout = 5s }
)";

std::unique_ptr<testing::sandbox_process> start_services(network& net) {
  const auto address = net.add(services_host);
  const network_namespace::visit there{net.stack(services_host)};
  return std::make_unique<testing::sandbox_process>(
    std::vector<std::string>{"--no-render", "--listen=" + address + ":80"}, ending_with_us());
}

std::string quoted(const std::string& x) {
  return '"' + x + '"';
}

} // namespace

world::world(entries file) : ground_(ground::get()) {
  services = start_services(net());
  services->post("settings",
                 {{"telegram_limits", false}, {"kie_limits", false}, {"kie_time", 1'000}});
  for (const auto& x : file)
    add_host(x.name, file);
}

world::~world() {
  nodes_.clear();
  services.reset();
  for (const auto& x : hosts_)
    net().remove(x);
  net().remove(services_host);
}

// ── hosts ────────────────────────────────────────────────────────────────────────────────────────

std::string world::folder_of(const std::string& host) const {
  return folder_.file(host);
}

void world::add_host(const std::string& name, const entries& file) {
  net().add(name);
  hosts_.push_back(name);
  fs::create_directory(folder_of(name));
  write_file(name, file);
}

void world::write_file(const std::string& host, const entries& file) {
  std::ofstream out{folder_of(host) + "/cluster.conf"};
  out << "cluster {\n  nodes = [\n";
  for (const auto& x : file) {
    out << "    { name = " << quoted(x.name) << ", host = " << quoted(net().address_of(x.name))
        << ", port = 4242, concurrency = " << x.concurrency << ", roles = [";
    for (const auto& role : x.roles)
      out << quoted(role) << ", ";
    out << "] },\n";
  }
  out << "  ]\n}\nstorage { path = " << quoted(folder_.file("shared")) << " }\n" << settings;
}

test::process& world::launch(const std::string& host, const std::vector<std::string>& options) {
  auto words = ending_with_us();
  for (const auto& x : {testing::built("neurocards"), std::string{"run"}, "--node=" + host,
                        "--config-file=" + folder_of(host) + "/cluster.conf"})
    words.push_back(x);
  words.insert(words.end(), options.begin(), options.end());
  const network_namespace::visit there{net().stack(host)};
  auto& node = nodes_[host];
  node = std::make_unique<test::process>(words.front(),
                                         std::vector<std::string>{words.begin() + 1, words.end()},
                                         testing::node_environment(db.url(), services->url()),
                                         folder_of(host) + "/log", folder_of(host));
  return *node;
}

bool world::is_ready(const std::string& host) {
  const network_namespace::visit there{net().stack(host)};
  return testing::web_get("http://127.0.0.1:8080/readyz").status == 200; // its own loopback
}

test::process& world::start(const std::string& host) {
  auto& node = launch(host);
  wait(host + " to be ready", [&] {
    if (!node.running())
      throw std::runtime_error{host + " ended at once: " + node.output()};
    return is_ready(host);
  });
  return node;
}

void world::start_all() {
  for (const auto& x : hosts_)
    launch(x);
  for (const auto& x : hosts_)
    wait(x + " to be ready", [&] { return is_ready(x); });
}

std::string world::log(const std::string& host) const {
  return nodes_.at(host)->output();
}

bool world::logged(const std::string& host, const std::string& part) const {
  return log(host).find(part) != std::string::npos;
}

int world::joined(const std::string& host) const {
  const auto text = log(host);
  int result = 0;
  for (auto at = text.find("health.joined"); at != std::string::npos;
       at = text.find("health.joined", at + 1))
    ++result;
  return result;
}

void world::kill(const std::string& host) {
  nodes_.at(host)->kill();
}

void world::lose_power(const std::string& host) {
  net().unplug(host);
  kill(host);
}

// ── orders ───────────────────────────────────────────────────────────────────────────────────────

void world::crowd(size_t size, int orders, int videos) {
  for (size_t i = 0; i < size; ++i) {
    auto& x = customers.emplace_back(*services, next_user_++);
    for (int n = 0; n < orders; ++n)
      x.wants(videos);
  }
}

void world::wait(const std::string& what, const std::function<bool()>& condition,
                 milliseconds limit) {
  test::wait_until(
    what,
    [&] {
      for (auto& x : customers) {
        if (insatiable && x.content())
          x.wants(1);
        x.step();
      }
      return condition();
    },
    limit);
}

void world::hold_tasks() {
  services->post("settings", {{"kie_time", 3'600'000}});
}

void world::finish_tasks() {
  services->post("settings", {{"kie_time", 500}});
  const auto all = services->get("tasks");
  for (const auto& x : all.at("tasks"))
    if (!x.at("ended_at").is_number() || x.at("ended_at") == 0)
      services->post("kie/end", {{"task", x.at("task")}, {"state", "success"}});
}

int64_t world::tasks() {
  return services->get("tasks?last=1").at("count").get<int64_t>();
}

int64_t world::placed() const {
  int64_t result = 0;
  for (const auto& x : customers)
    result += x.videos();
  return result;
}

int64_t world::in_flight(const std::string& node) {
  return db.number("SELECT count(*) FROM jobs j JOIN nodes n ON n.incarnation = j.claimed_by "
                   "WHERE j.status = 'processing' AND j.kie_task_id IS NOT NULL AND n.name = '"
                   + node + "'");
}

int64_t world::videos() {
  return db.number("SELECT count(*) FROM jobs WHERE status = 'completed'");
}

milliseconds world::answer_time() {
  const auto user = next_user_++;
  const auto begin = std::chrono::steady_clock::now();
  services->post("send", {{"user", user}, {"text", "/start"}});
  wait("an answer to /start", [&] { return !services->said_to(user).empty(); });
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
}

testing::bill world::finish() {
  insatiable = false;
  wait(
    "the end of all work", [this] { return testing::all_quiet(everything()); }, 120s);
  db.check_promises();
  testing::judge_orders(everything());
  const auto mail = testing::judge_mail(everything());
  const auto bill = testing::judge_tasks(everything());
  CHECK(videos() == placed());
  std::cout << "  videos ordered " << placed() << ", delivered " << videos() << ", tasks "
            << bill.tasks << " (twice: " << bill.twice << "), final messages " << mail.finals
            << " (duplicates: " << mail.duplicates << ", unexplained: " << mail.unexplained
            << ")\n";
  return bill;
}

} // namespace neurocards::cluster
