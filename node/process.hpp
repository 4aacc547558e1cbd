#pragma once

namespace neurocards {

/// Keeps what this process knows to itself: its memory, which holds every secret, goes into no core
/// and cannot be read through /proc or a debugger by others of the same user. With
/// NEUROCARDS_CORES=1 in the environment all that is allowed. Call it before a secret is read.
void guard_memory();

/// Lets the process open as many files as the system allows it.
void raise_file_limit();

/// Keeps SIGHUP (reload) waiting until a node asks for it: before that it would end the process.
/// For the threads that are yet to come, too.
void hold_back_reloads();

/// Standard streams that were closed when we were started are opened on /dev/null: otherwise the
/// first socket or file would take their place, and be written to as such. Call it before any is
/// opened.
void keep_standard_streams();

/// A terminal that wants to stop who writes to it from the background (`stty tostop`) must not.
void write_in_background();

/// What this process writes it can read again, whatever umask it was started with.
void keep_own_access();

/// Writes out standard output. A reader who has left early (`| head`) has what he wanted; anything
/// else is told. Returns the exit code of a verb that ended with `code`.
int finish_output(int code);

} // namespace neurocards
