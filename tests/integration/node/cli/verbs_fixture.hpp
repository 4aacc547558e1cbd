#pragma once

#include "tests/support/databases.hpp"
#include "tests/support/folders.hpp"
#include "tests/support/process.hpp"

#include <filesystem>

namespace neurocards::test {

/// What a verb ended with, and all it printed.
struct outcome {
  int code = 0;
  std::string output;

  bool says(const std::string& part) const { return output.find(part) != std::string::npos; }
};

/// The program in a folder of its own, so that no cluster.conf and no .env of ours is read.
struct program {
  test::temporary_directory folder;
  std::map<std::string, std::string> environment;

  explicit program(const std::string& database_url) {
    for (const auto* name : {"BOT_TOKEN", "KIE_API_KEY", "OPENAI_API_KEY", "REDIS_URL",
                             "HTTP_TOKEN", "HTTP_READ_TOKEN"})
      environment[name] = "";
    environment["DATABASE_URL"] = database_url;
  }

  outcome call(const std::vector<std::string>& arguments) {
    std::filesystem::remove(folder.file("output")); // it would be appended to
    test::process running{test::built("neurocards"), arguments, environment, folder.file("output"),
                          folder.path()};
    const int code = running.wait();
    return {code, running.output()};
  }
};

/// A program on a database with our schema and a user who has ordered.
struct verbs_fixture {
  migrated_database db;
  program neurocards{db.url()};
  std::string job;

  verbs_fixture() {
    db.add_user(7, 5);
    job = db.add_job(7, "order:0");
  }
  ~verbs_fixture() { db.check_promises(); }

  outcome call(const std::vector<std::string>& arguments) { return neurocards.call(arguments); }
};

} // namespace neurocards::test
