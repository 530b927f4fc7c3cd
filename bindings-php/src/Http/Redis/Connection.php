<?php

declare(strict_types=1);

namespace Samebyte\Http\Redis;

/**
 * A connection to one Redis server, over a client library that the application has.
 *
 * @internal
 */
interface Connection
{
    /**
     * Sends each command once, in this order, and returns what each is answered with: null for nil, and an error of the server as a
     * {@see Problem}.
     *
     * @param list<list<string>> $commands
     * @param float $seconds how long they may take
     * @return list<string|Problem|null>
     * @throws \Exception if the server cannot be reached, or is late
     */
    public function run(array $commands, float $seconds): array;
}
