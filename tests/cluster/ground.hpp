#pragma once

#include "tests/cluster/network.hpp"
#include "tests/support/process.hpp"

#include <memory>

namespace neurocards::test::cluster {

/// A PostgreSQL of the tests' own on a host of the network.
class postgres_host {
public:
  static constexpr const char* name = "db";

  postgres_host(network&, const std::string& folder);
  ~postgres_host();
  postgres_host(const postgres_host&) = delete;
  postgres_host& operator=(const postgres_host&) = delete;

private:
  std::unique_ptr<test::process> server_;
};

/// What the test cases of one run share: the network, and PostgreSQL in it. Ends with the program,
/// whatever ends that.
class ground {
public:
  /// Ends the program with code 77 (skipped) and says why where the machine does not allow it.
  static ground& get();

  network net;

  /// Of everything the cases write.
  const std::string& folder() const { return folder_.path(); }

private:
  ground();

  test::temporary_directory folder_;
  std::unique_ptr<postgres_host> database_;
};

} // namespace neurocards::test::cluster
