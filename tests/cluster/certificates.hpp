#pragma once

#include <string>

namespace neurocards::test::cluster {

/// The files a node shows itself with.
struct papers {
  std::string certificate;
  std::string key;
  std::string ca; // whom it trusts

  bool none() const { return certificate.empty(); }
};

/// An authority of its own, made by script/cluster-certs.
class authority {
public:
  explicit authority(std::string folder) : folder_(std::move(folder)) {}

  /// Of a node at an address, which is always the same; made at the first call.
  papers issue(const std::string& node, const std::string& address) const;

private:
  std::string folder_;
};

} // namespace neurocards::test::cluster
