<?php

declare(strict_types=1);

namespace Samebyte;

/** What a number in a JSON text means. */
enum Numbers: int
{
    /** RFC 8785 as written: a number is the nearest double. */
    case Ieee754 = 0;

    /** A number that is not the decimal value of its canonical text is refused with `number_not_exact`. */
    case Exact = 1;
}
