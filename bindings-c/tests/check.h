// One line for each check, as run.sh counts them: "ok - ..." or "not ok - ...".
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int check_failures;

static void check_that(int holds, const char *what, int line) {
    if (holds) printf("ok - %s\n", what);
    else printf("not ok - %s (line %d)\n", what, line), check_failures++;
}

#define CHECK(condition) check_that((condition) != 0, #condition, __LINE__)
#define CHECK_NAMED(condition, what) check_that((condition) != 0, what, __LINE__)

#endif
