#include "clients/resolver.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <array>
#include <cstring>
#include <future>
#include <memory>
#include <thread>

namespace neurocards::resolver {

result ask_system(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int code = getaddrinfo(host.c_str(), nullptr, &wanted, &list); code != 0)
    return {{}, code == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(code)};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{list, freeaddrinfo};
  result found;
  for (const auto* x = list; x != nullptr; x = x->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(x->ai_addr, x->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST)
        == 0)
      found.addresses.emplace_back(text.data());
  }
  if (found.addresses.empty())
    found.error = "no address";
  return found;
}

result within(std::chrono::milliseconds limit, const std::string& host, const lookup& ask) {
  std::packaged_task<result(std::string)> task{ask};
  auto answer = task.get_future();
  try {
    std::thread{std::move(task), host}.detach();
  } catch (const std::system_error& err) { // no more threads for now
    return {{}, err.what()};
  }
  if (answer.wait_for(limit) != std::future_status::ready)
    return {{}, "no address within " + std::to_string(limit.count()) + " ms"};
  return answer.get();
}

} // namespace neurocards::resolver
