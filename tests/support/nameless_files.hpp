#pragma once

#include "clients/storage.hpp"

#include <atomic>
#include <string>

namespace neurocards::test {

/// A storage that keeps nothing and only names temporary files.
struct nameless_files : storage::store {
  explicit nameless_files(std::string in = "/nowhere") : folder(std::move(in)) {}

  storage::action put(const storage_key&, const std::string&, const std::string&) const override {
    return {};
  }
  storage::action fetch(const storage_key&) const override { return {}; }
  storage::action remove(const storage_key&) const override { return {}; }
  storage::action list(const std::string&, const std::string&) const override { return {}; }
  storage::action check() const override { return {}; }
  std::string link(const storage_key&, storage::clock::time_point,
                   std::chrono::seconds) const override {
    return {};
  }
  std::string temporary_file(std::string_view extension) const override {
    return folder + "/" + std::to_string(++count) + std::string{extension};
  }
  storage::action clean_temporary(std::chrono::seconds) const override { return {}; }

  std::string folder;
  mutable std::atomic<int64_t> count{0};
};

} // namespace neurocards::test
