#ifndef DUET_CLATELIBRARIES_H
#define DUET_CLATELIBRARIES_H

#include "late_library.h"
#include "late_sndfile.h"
#include "late_soxr.h"
#include "late_zip.h"

#endif
