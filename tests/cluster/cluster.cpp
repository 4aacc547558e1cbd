#include "tests/cluster/cluster.hpp"

#include "tests/cluster/failures.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>

namespace neurocards::test::cluster {

namespace fs = std::filesystem;

namespace {

/// Customers who are never content still do not order more than workers can make, nor more than a
/// test has to see: a video takes a third of a second of a processor.
constexpr int64_t most_at_once = 6;

constexpr uint16_t http_port = 8080; // of every host
constexpr const char* http_token = "cluster-http-token";

/// Short times, so that what takes half a minute elsewhere takes seconds here; yet a busy machine
/// must not make anybody miss his lease.
constexpr const char* settings = R"(
db { lease = 4s, heartbeat = 500ms, lanes = 2 }
kie {
  poll-interval = 300ms, backoff-initial = 200ms, backoff-max = 1s, orphan-grace = 1s, outage-probe = 500ms,
  create-budget = 100000, query-budget = 100000, http-timeout = 5s
}
telegram { poll-timeout = 1s, http-timeout = 5s }
notifier { rate = 1000, per-chat-rate = 1000 }
worker { claim-interval = 200ms }
credits { welcome = 100000 }
openai { timeout = 5s }
caf { middleman { heartbeat-interval = 1s, connection-timeout = 4s } }
)";

/// What the previous release does not know yet (deploy/previous-release).
constexpr const char* later_settings = R"(
limits { unfinished-jobs = 0, messages-per-minute = 0, photos-per-hour = 0 }
)";

std::unique_ptr<test::sandbox_process> start_services(network& net) {
  const auto address = net.add(world::internet);
  const network_namespace::visit there{net.stack(world::internet)};
  return std::make_unique<test::sandbox_process>(
    std::vector<std::string>{"--no-render", "--listen=" + address + ":80"}, ending_with_us());
}

std::string quoted(const std::string& x) {
  return '"' + x + '"';
}

} // namespace

world::world(entries file, test::updates_by mode) : ground_(ground::get()) {
  if (mode == test::updates_by::webhook)
    front_.emplace(network::own_address);
  set_up(file);
}

world::world(entries file, const std::string& program) : ground_(ground::get()), db(program) {
  for (const auto& x : file)
    programs_[x.name] = program;
  set_up(file);
}

void world::set_up(const entries& file) {
  services = start_services(net());
  services->post("settings",
                 {{"telegram_limits", false}, {"kie_limits", false}, {"kie_time", 1'000}});
  for (const auto& x : file)
    add_host(x.name, file);
}

world::~world() {
  if (case_has_failed())
    tell_what_happened();
  nodes_.clear();
  services.reset();
  for (const auto& x : hosts_)
    net().remove(x);
  net().remove(internet);
}

/// What the nodes wrote about the life of the cluster, and what troubled them.
void world::tell_what_happened() {
  for (const auto& host : hosts_) {
    std::cout << "── " << host << '\n';
    std::ifstream in{folder_of(host) + "/log"};
    for (std::string line; std::getline(in, line);)
      if (std::ranges::any_of(std::array{" warning ", " error ", "leader.", "health.", "cluster.",
                                         "role.", "node.", "run."},
                              [&](const char* x) { return line.find(x) != std::string::npos; }))
        std::cout << line << '\n';
    if (runs(host))
      std::cout << "status: " << cluster(host).dump() << '\n';
  }
}

// ── hosts ────────────────────────────────────────────────────────────────────────────────────────

std::string world::folder_of(const std::string& host) const {
  return folder_.file(host);
}

void world::add_host(const std::string& name, const entries& file) {
  net().add(name);
  hosts_.push_back(name);
  fs::create_directory(folder_of(name));
  papers_[name] = authority{ground_.folder() + "/authority"}.issue(name, net().address_of(name));
  const auto takes_updates = [&](const entry& x) {
    return x.name == name && std::ranges::find(x.roles, "gateway") != x.roles.end();
  };
  if (front_ && std::ranges::any_of(file, takes_updates))
    front_->add(http_port, net().address_of(name));
  write_file(name, file);
}

void world::write_file(const std::string& host, const entries& file) {
  std::ofstream out{folder_of(host) + "/cluster.conf"};
  out << "cluster {\n  nodes = [\n";
  for (const auto& x : file) {
    out << "    { name = " << quoted(x.name) << ", host = " << quoted(net().address_of(x.name))
        << ", port = " << port << ", concurrency = " << x.concurrency << ", roles = [";
    for (const auto& role : x.roles)
      out << quoted(role) << ", ";
    out << "] },\n";
  }
  const auto& own = papers_.at(host);
  out << "  ]\n  tls { certificate = " << quoted(own.certificate) << ", key = " << quoted(own.key)
      << ", ca = " << quoted(own.ca) << " }\n}\nstorage { path = " << quoted(folder_.file("shared"))
      << " }\n"
      << http_settings(host) << settings << (programs_.contains(host) ? "" : later_settings);
}

void world::install(const std::string& host, const entries& file) {
  programs_.erase(host);
  write_file(host, file);
}

void world::write_text(const std::string& host, const std::string& text) {
  std::ofstream{folder_of(host) + "/cluster.conf"} << text;
}

std::string world::short_times() {
  return std::string{settings} + later_settings;
}

test::world::verb_result world::verb(const std::string& host, std::vector<std::string> words) {
  words.push_back("--config-file=" + folder_of(host) + "/cluster.conf");
  const network_namespace::visit there{net().stack(host)};
  const auto file = folder_of(host) + "/verb-" + to_string(uuid::random());
  test::process run{test::built("neurocards"), words, environment(), file, folder_of(host)};
  const int code = run.wait();
  return {code, run.output()};
}

/// Whoever is behind the front must be reached from outside.
std::string world::http_settings(const std::string& host) {
  if (!front_)
    return {};
  return "telegram { mode = \"webhook\" }\nhttp { listen = " + quoted(http_address(host))
         + ", public-url = " + quoted(front_->url()) + " }\n";
}

std::string world::http_address(const std::string& host) {
  return (front_ ? net().address_of(host) : "127.0.0.1") + ":" + std::to_string(http_port);
}

std::map<std::string, std::string> world::environment() const {
  auto result = test::node_environment(db.url(), services->url());
  result["HTTP_TOKEN"] = http_token;
  if (front_)
    result["TELEGRAM_WEBHOOK_SECRET"] = "webhook-secret";
  result.insert(variables.begin(), variables.end());
  return result;
}

test::process& world::launch(const std::string& host, const std::vector<std::string>& options) {
  auto words = ending_with_us();
  const auto program = programs_.find(host);
  for (const auto& x : {program == programs_.end() ? test::built("neurocards") : program->second,
                        std::string{"run"}, "--config-file=" + folder_of(host) + "/cluster.conf"})
    words.push_back(x);
  if (std::ranges::none_of(options, [](const auto& x) { return x.starts_with("--node="); }))
    words.push_back("--node=" + host);
  words.insert(words.end(), options.begin(), options.end());
  const network_namespace::visit there{net().stack(host)};
  auto& node = nodes_[host];
  node = std::make_unique<test::process>(words.front(),
                                         std::vector<std::string>{words.begin() + 1, words.end()},
                                         environment(), folder_of(host) + "/log", folder_of(host));
  return *node;
}

bool world::is_ready(const std::string& host) {
  const network_namespace::visit there{net().stack(host)};
  return test::web_get("http://" + http_address(host) + "/readyz").status == 200;
}

nlohmann::json world::status(const std::string& host) {
  const network_namespace::visit there{net().stack(host)};
  const auto got = test::web_get("http://" + http_address(host) + "/api/status",
                                 {std::string{"Authorization: Bearer "} + http_token});
  return got.status == 200 ? nlohmann::json::parse(got.body) : nlohmann::json{};
}

nlohmann::json world::cluster(const std::string& host) {
  const auto all = status(host);
  const auto found = all.find("cluster");
  return found != all.end() && found->is_object()
           ? *found
           : nlohmann::json{{"nodes", nlohmann::json::array()}};
}

std::string world::connection(const std::string& host, const std::string& of_node) {
  const auto all = cluster(host);
  for (const auto& x : all.at("nodes"))
    if (x.at("name") == of_node)
      return x.at("connection");
  return "unknown";
}

int world::capacity(const std::string& host, const std::string& of_node) {
  const auto all = cluster(host);
  for (const auto& x : all.at("nodes"))
    if (x.at("name") == of_node)
      return x.value("capacity", 0);
  return 0;
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
  for (auto position = text.find("health.joined"); position != std::string::npos;
       position = text.find("health.joined", position + 1))
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

void world::step() {
  const auto made = [this] { return services->get("tasks?state=success&last=1").at("count"); };
  if (insatiable && placed() - made().get<int64_t>() < most_at_once)
    for (auto& x : customers)
      if (x.content())
        x.wants(1);
  for (auto& x : customers)
    x.step();
}

void world::wait(const std::string& subject, const std::function<bool()>& condition,
                 milliseconds limit) {
  const auto begin = std::chrono::steady_clock::now();
  test::wait_until(
    subject,
    [&] {
      step();
      return condition();
    },
    limit);
  const auto took = std::chrono::steady_clock::now() - begin;
  std::cout << std::setw(8) << std::chrono::duration_cast<milliseconds>(took).count() << " ms for "
            << subject << '\n';
}

void world::hold_tasks() {
  services->post("settings", {{"kie_time", 3'600'000}});
  std::string before;
  for (const auto& x : services->get("tasks").at("tasks"))
    before += (before.empty() ? "" : ",") + x.at("task").get<std::string>();
  wait("tasks that were made before to end", [&] {
    return db.number(
             "SELECT count(*) FROM jobs WHERE status = 'processing' AND kie_task_id = ANY ('{"
             + before + "}')")
           == 0;
  });
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

void world::expect_answer() {
  const auto user = next_user_++;
  services->post("send", {{"user", user}, {"text", "/start"}});
  wait("an answer to /start", [&] { return !services->said_to(user).empty(); });
}

test::bill world::finish() {
  insatiable = false;
  wait(
    "the end of all work", [this] { return test::all_quiet(everything()); }, 120s);
  db.check_promises();
  test::judge_orders(everything());
  const auto mail = test::judge_mail(everything());
  const auto bill = test::judge_tasks(everything());
  CHECK(videos() == placed());
  std::cout << "  videos ordered " << placed() << ", delivered " << videos() << ", tasks "
            << bill.tasks << " (twice: " << bill.twice << "), final messages " << mail.finals
            << " (duplicates: " << mail.duplicates << ", unexplained: " << mail.unexplained
            << ")\n";
  return bill;
}

} // namespace neurocards::test::cluster
