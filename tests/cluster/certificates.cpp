#include "tests/cluster/certificates.hpp"
#include "tests/support/folders.hpp"

#include "tests/cluster/network.hpp"

namespace neurocards::cluster {

papers authority::issue(const std::string& node, const std::string& address) const {
  run_tool({test::in_source("script/cluster-certs"), folder_, node + "=" + address});
  return {folder_ + "/" + node + ".pem", folder_ + "/" + node + ".key", folder_ + "/ca.pem"};
}

} // namespace neurocards::cluster
