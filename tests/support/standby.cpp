#include "tests/support/standby.hpp"

#include <filesystem>

#include <pqxx/connection>
#include <pqxx/nontransaction>

namespace neurocards::test {

using namespace std::chrono_literals;

standby_pair::standby_pair() = default;

void standby_pair::promote() {
  // Nobody may wait for it within a statement: what is left to replay may wait for that one's end.
  ask("SELECT pg_promote(false)");
  test::wait_until("the standby takes writes",
                   [&] { return ask("SELECT pg_is_in_recovery()") == "f"; });
}

std::string standby_pair::url_of_standby(const std::string& url) const {
  auto result = url;
  return result.replace(url.find(primary_.address()), primary_.address().size(),
                        standby_.address());
}

std::string standby_pair::url_of_both(const std::string& url) const {
  auto result = url;
  return result.insert(url.find(primary_.address()), standby_.address() + ",");
}

std::string standby_pair::new_cluster(const std::string& name) const {
  std::filesystem::permissions(folder_.path(), std::filesystem::perms{0755});
  auto data = folder_.file(name);
  make_cluster(data);
  return data;
}

std::string standby_pair::copy_of_primary(const std::string& name) const {
  auto data = folder_.file(name);
  make_data_folder(data);
  run_tool(database_command({"pg_basebackup", "-d", primary_.url(), "-D", data, "-R", "-X",
                             "stream", "--checkpoint=fast", "--no-sync"}));
  return data;
}

std::string standby_pair::ask(const std::string& question) const {
  pqxx::connection on{standby_.url()};
  return pqxx::nontransaction{on}.exec1(question)[0].c_str();
}

} // namespace neurocards::test
