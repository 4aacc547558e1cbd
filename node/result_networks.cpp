#include "node/result_networks.hpp"

#include "clients/address.hpp"

namespace neurocards {

namespace {

/// The host of a URL; empty for an address in brackets.
std::string host_of(const std::string& url) {
  const auto scheme = url.find("://");
  auto host = url.substr(scheme == std::string::npos ? 0 : scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  host = host.substr(host.rfind('@') + 1);
  return host.substr(0, host.find_first_of(":["));
}

/// Numbers are written by somebody who means them.
bool is_name(const std::string& host) {
  return host.find_first_not_of("0123456789.") != std::string::npos && host != "localhost";
}

} // namespace

std::vector<std::string> result_warnings(const config::generation& settings,
                                         std::chrono::milliseconds limit,
                                         const resolver::lookup& ask) {
  std::vector<std::string> result;
  if (settings.private_downloads || !settings.proxy.empty()) // the proxy resolves
    return result;
  for (const auto& host : {host_of(settings.api_url), host_of(settings.upload_url)}) {
    if (!is_name(host))
      continue;
    for (const auto& address : resolver::within(limit, host, ask).addresses) {
      const auto network = http::private_network_of(address);
      if (network.empty())
        continue;
      result.push_back(host + " resolves to " + address + " of " + network
                       + ", no public network: calls to KIE may work, but results from there are "
                         "refused and their jobs wait; if a proxy or a VPN of yours does that, set "
                         "kie.private-downloads = true");
      break;
    }
  }
  return result;
}

} // namespace neurocards
