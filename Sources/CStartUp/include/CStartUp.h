#ifndef FLIPBOOK_CSTARTUP_H
#define FLIPBOOK_CSTARTUP_H

// Nothing to call: a program that links this target gets a function that runs before the libraries
// are set up. See start_up.c.

#endif
