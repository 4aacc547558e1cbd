#include <nlohmann/json.hpp>

#include <string>

// What the suites do most often with JSON, optimised (tests/CMakeLists.txt): they wait by reading
// what the simulated services have, and without optimising reading takes ten times as long.

using nlohmann::json;

template class nlohmann::basic_json<>;
template json json::parse(std::string&, const json::parser_callback_t, bool, bool);
template json json::parse(std::string&&, const json::parser_callback_t, bool, bool);
template json json::parse(const std::string&, const json::parser_callback_t, bool, bool);
