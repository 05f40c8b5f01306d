#ifndef DUET_CINTERRUPTION_H
#define DUET_CINTERRUPTION_H

#include <stdbool.h>

/// Makes SIGINT and SIGTERM ask for a stop instead of ending the process; the second of them ends it with exit code 130.
/// A signal that the process was started with ignored (a background job's SIGINT) stays ignored.
void interruption_install(void);

/// Whether SIGINT or SIGTERM has arrived since `interruption_install`.
int interruption_requested(void);

#endif
