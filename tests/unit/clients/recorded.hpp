#pragma once

#include "protocol/http.hpp"
#include "tests/support/folders.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace neurocards::test {

/// A file of tests/data.
inline std::string recorded(const std::string& name) {
  std::ifstream in{test::in_source("tests/data/" + name), std::ios::binary};
  REQUIRE_MESSAGE(in.good(), name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline http::response answered(int status, std::string body) {
  http::response x;
  x.outcome = http::outcome::answered;
  x.status = status;
  x.body = std::move(body);
  return x;
}

inline http::response unanswered(http::outcome outcome) {
  http::response x;
  x.outcome = outcome;
  x.error = "as libcurl says";
  return x;
}

/// Bodies that no parser may stumble over, whoever sends them.
inline std::vector<std::string> hostile_bodies() {
  std::string deep(5000, '[');
  std::vector<std::string> result{
    "",
    " ",
    "null",
    "true",
    "[]",
    "{}",
    "\"text\"",
    "{",
    "{\"ok\":true",
    R"({"ok":true,"result":)",
    R"({"ok":"yes","result":[1,2,"x",null,[]]})",
    R"({"ok":true,"result":[{"update_id":"7"},{"update_id":1e99},{"update_id":{}},{}]})",
    R"({"code":99999999999999999999999,"msg":1e308,"data":[]})",
    R"({"code":"200","data":{"taskId":{},"state":[],"resultJson":7}})",
    R"({"code":200,"data":{"state":"success","resultJson":"{\"resultUrls\":[{}]}"}})",
    R"({"choices":[null,1]})",
    R"({"choices":[{"message":"text","finish_reason":[]}]})",
    R"({"error":{"message":{"a":1},"type":[],"code":{}}})",
    "{\"a\":\"\xff\xfe\"}",
    "{\"a\":\"\\ud800\"}",
    "<html><body>502 Bad Gateway</body></html>",
    std::string{"\0\0\0", 3},
    deep,
  };
  result.push_back(deep + std::string(5000, ']'));
  result.push_back(std::string(2'000'000, 'x'));
  // Every beginning of something real.
  const auto real = recorded("telegram/updates.json");
  for (size_t i = 0; i < real.size(); i += 97)
    result.push_back(real.substr(0, i));
  return result;
}

} // namespace neurocards::test
