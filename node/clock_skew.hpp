#pragma once

#include <chrono>
#include <string>

#include <pqxx/connection>

/// This host's clock beside the database's. Leases, queue and cooldowns know only the database's;
/// but S3 refuses what is signed 15 minutes off, certificates and links hold by the host's, and
/// logs of several hosts are read together.
namespace neurocards {

/// What to tell an operator when a server said `there` between `sent` and `got` of our own clock;
/// empty: the two agree, or the answer took too long to tell.
std::string clock_difference(std::chrono::system_clock::time_point there,
                             std::chrono::system_clock::time_point sent,
                             std::chrono::system_clock::time_point got);

/// Asks the database. Throws what libpqxx throws.
std::string clock_difference(pqxx::connection&);

} // namespace neurocards
