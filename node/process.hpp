#pragma once

namespace neurocards {

/// Keeps what this process knows to itself: its memory, which holds every secret, goes into no core
/// and cannot be read through /proc or a debugger by others of the same user. With
/// NEUROCARDS_CORES=1 in the environment all that is allowed. Call it before a secret is read.
void guard_memory();

/// Lets the process open as many files as the system allows it.
void raise_file_limit();

/// Keeps SIGHUP (reload) waiting until a node asks for it: before that it would end the process. For
/// the threads that are yet to come, too.
void hold_back_reloads();

} // namespace neurocards
