#pragma once

#include "protocol/config.hpp"

#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

/// What `cluster.tls` names, read and checked with OpenSSL before CAF sees it: CAF finds a bad file
/// only when the first peer calls.
namespace neurocards::config {

/// One line for each fault, naming the key: a file that cannot be read or parsed, a key that does
/// not belong to the certificate, a certificate not from the authority or out of date. Empty when
/// all is well, and when nothing is set.
std::vector<std::string> faults_of_certificates(const tls&);

/// What will be a fault soon, or is careless: few days left, a key that others can read.
std::vector<std::string> certificate_warnings(const tls&);

/// Until when our certificate is good, in Unix seconds; nullopt: there is none, or none that can be
/// read.
std::optional<time_t> expiry_of_certificate(const tls&);

} // namespace neurocards::config
