// A target needs a source; all is in the header.
#include "parallel.hpp"
