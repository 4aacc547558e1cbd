#include "tests/cluster/certificates.hpp"
#include "tests/support/folders.hpp"
#include "tests/support/process.hpp"

#include <filesystem>

namespace neurocards::test::cluster {

papers authority::issue(const std::string& node, const std::string& address) const {
  const papers result{folder_ + "/" + node + ".pem", folder_ + "/" + node + ".key",
                      folder_ + "/ca.pem"};
  if (!std::filesystem::exists(result.certificate))
    run_tool({test::in_source("script/cluster-certs"), folder_, node + "=" + address});
  return result;
}

} // namespace neurocards::test::cluster
