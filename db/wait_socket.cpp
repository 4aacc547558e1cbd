#include "db/wait_socket.hpp"

#include <array>
#include <cstdlib>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace neurocards::db {

stop_event::stop_event() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0)
    std::abort(); // out of descriptors at start: nothing would work
}

stop_event::~stop_event() {
  ::close(descriptor_);
}

void stop_event::raise() {
  eventfd_write(descriptor_, 1);
}

void stop_event::lower() {
  eventfd_t ignored = 0;
  eventfd_read(descriptor_, &ignored);
}

bool stop_event::raised() const {
  pollfd event{descriptor_, POLLIN, 0};
  return poll(&event, 1, 0) > 0; // it is read by `lower` alone, so it stays raised
}

wait_result wait_socket(int socket, std::chrono::milliseconds limit, const stop_event& stop) {
  std::array<pollfd, 2> events{pollfd{stop.descriptor(), POLLIN, 0}, pollfd{socket, POLLIN, 0}};
  poll(events.data(), events.size(), static_cast<int>(limit.count()));
  if (events[0].revents != 0)
    return wait_result::stopped;
  return events[1].revents != 0 ? wait_result::readable : wait_result::timed_out;
}

} // namespace neurocards::db
