#include "../include/element_type.h"
#include "../include/neighborhood.h"
