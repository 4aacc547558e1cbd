#include "tests/browser/script.hpp"

#include "tests/support/folders.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace neurocards::test {

using namespace std::chrono_literals;

std::string browser_output_folder() {
  const auto result = std::filesystem::path{neurocards::test::built("browser")};
  std::filesystem::create_directories(result);
  return result;
}

void run_browser_script(const world& w, const std::string& name,
                        const std::vector<std::string>& words) {
  const std::filesystem::path folder{neurocards::test::in_source("tests/browser")};
  std::vector<std::string> call{"node", folder / name};
  call.insert(call.end(), words.begin(), words.end());
  process browser{"/usr/bin/env", call, {}, w.folder().file("browser.log"), folder};
  const int code = browser.wait(150s);
  INFO(browser.output());
  CHECK(code == 0);
}

} // namespace neurocards::test
