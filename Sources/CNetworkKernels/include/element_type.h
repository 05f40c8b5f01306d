#pragma once

/// What an array's elements are.
typedef enum { kernel_float32, kernel_bfloat16 } kernel_element_type;
