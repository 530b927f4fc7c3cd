<?php

declare(strict_types=1);

namespace Samebyte\Http\Redis;

use Samebyte\Code;
use Samebyte\Exception\SamebyteError;

/**
 * Where a Redis server is: `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS.
 *
 * @internal
 */
final class Address
{
    private function __construct(
        public readonly string $host,
        public readonly int $port,
        public readonly bool $encrypted,
        public readonly ?string $user,
        #[\SensitiveParameter] public readonly ?string $password,
        public readonly int $database,
    ) {
    }

    /** @throws SamebyteError `settings_invalid` */
    public static function parse(#[\SensitiveParameter] string $url): self
    {
        $parts = parse_url($url);
        $database = trim($parts['path'] ?? '', '/');
        if (!is_array($parts) || !in_array($parts['scheme'] ?? '', ['redis', 'rediss'], true) || ($parts['host'] ?? '') === ''
            || !preg_match('/\A[0-9]{0,5}\z/', $database) || isset($parts['query']) || isset($parts['fragment'])) {
            // The address itself may hold a password.
            throw SamebyteError::of(
                Code::SettingsInvalid,
                'the address of Redis is not redis://[user:password@]host[:port][/database] or rediss://…',
                ['setting' => 'REPLAY_STORE'],
            );
        }
        $user = rawurldecode($parts['user'] ?? '');
        return new self(
            $parts['host'],
            $parts['port'] ?? 6379,
            $parts['scheme'] === 'rediss',
            $user === '' ? null : $user,
            isset($parts['pass']) ? rawurldecode($parts['pass']) : null,
            (int) $database,
        );
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['host' => $this->host];
    }
}
