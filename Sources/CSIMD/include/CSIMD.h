#ifndef FLIPBOOK_CSIMD_H
#define FLIPBOOK_CSIMD_H

#include "instruction_sets.h"
#include "pause.h"
#include "transpose.h"
#include "vector.h"

#endif
