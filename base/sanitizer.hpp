#pragma once

namespace neurocards {

// GCC has a macro for each, clang a question.
#if defined(__SANITIZE_ADDRESS__)
#define NEUROCARDS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#define NEUROCARDS_ADDRESS_SANITIZER __has_feature(address_sanitizer)
#else
#define NEUROCARDS_ADDRESS_SANITIZER 0
#endif

#if defined(__SANITIZE_THREAD__)
#define NEUROCARDS_THREAD_SANITIZER 1
#elif defined(__has_feature)
#define NEUROCARDS_THREAD_SANITIZER __has_feature(thread_sanitizer)
#else
#define NEUROCARDS_THREAD_SANITIZER 0
#endif

/// Whether this program was built to find faults in its use of memory, and between its threads:
/// each brings an allocator of its own, and its leak checker reads the process as a debugger does.
inline constexpr bool has_address_sanitizer = NEUROCARDS_ADDRESS_SANITIZER;
inline constexpr bool has_thread_sanitizer = NEUROCARDS_THREAD_SANITIZER;

#undef NEUROCARDS_ADDRESS_SANITIZER
#undef NEUROCARDS_THREAD_SANITIZER

} // namespace neurocards
