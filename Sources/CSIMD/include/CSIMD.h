#ifndef FLIPBOOK_CSIMD_H
#define FLIPBOOK_CSIMD_H

#include "bfloat16.h"
#include "instruction_sets.h"
#include "int8.h"
#include "opaque.h"
#include "pause.h"
#include "power.h"
#include "prefetch.h"
#include "tiles.h"
#include "transpose.h"
#include "vector.h"

#endif
