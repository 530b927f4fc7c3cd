<?php

declare(strict_types=1);

namespace Samebyte\Http;

use Samebyte\Code;
use Samebyte\Exception\SamebyteError;
use Samebyte\Keyset;

/**
 * Fetches key sets (JWKS) from URLs, and keeps them between requests in a file of this user's own.
 *
 * Only https; no redirects; no proxy; every address that the name has must be a public one, and is what is connected to, so
 * that the name cannot mean something else a moment later; one fetch at a time on this host, and one in 30 seconds.
 */
final class KeyFetcher
{
    private const PAUSE_MS = 30_000;

    /**
     * @param int $maxBytes how large a set may be
     * @param int $timeoutMs how long a fetch may take, all in all
     * @param bool $privateAddresses whether any address will do, and http on the loopback interface: for tests
     * @param ?string $directory for the files
     * @throws SamebyteError `settings_invalid` without the extension `curl`
     */
    public function __construct(
        private readonly int $maxBytes = 65_536,
        private readonly int $timeoutMs = 2_000,
        private readonly bool $privateAddresses = false,
        private readonly ?string $directory = null,
    ) {
        if (!extension_loaded('curl')) {
            throw SamebyteError::of(Code::SettingsInvalid, 'keys from a URL need the PHP extension `curl`', ['setting' => 'TRUSTED_KEYS']);
        }
    }

    /**
     * The set that was kept, and when it was fetched (Unix milliseconds); null where there is none.
     *
     * @return array{string, int}|null
     */
    public function kept(string $url): ?array
    {
        $state = $this->file($url)->read();
        return isset($state['jwks'], $state['fetched']) ? [(string) $state['jwks'], (int) $state['fetched']] : null;
    }

    /** Fetches the set, unless somebody has just tried; tells whether there is a new one. */
    public function refresh(string $url): bool
    {
        $before = $this->kept($url)[1] ?? 0;
        $this->file($url)->update(function (array $state) use ($url): array {
            $now = Clock::now();
            if (abs($now - ($state['tried'] ?? 0)) < self::PAUSE_MS) {
                return $state;
            }
            $jwks = $this->fetch($url);
            return $jwks === null ? ['tried' => $now] + $state : ['tried' => $now, 'fetched' => $now, 'jwks' => $jwks] + $state;
        });
        return ($this->kept($url)[1] ?? 0) > $before;
    }

    /** The set in a 200 answer, or null. */
    private function fetch(string $url): ?string
    {
        $pinned = $this->pinned($url);
        if ($pinned === null) {
            return null;
        }
        $body = '';
        $curl = curl_init($url);
        curl_setopt_array($curl, [
            CURLOPT_RESOLVE => $pinned,
            CURLOPT_PROTOCOLS => $this->privateAddresses ? CURLPROTO_HTTPS | CURLPROTO_HTTP : CURLPROTO_HTTPS,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROXY => '',
            CURLOPT_NOSIGNAL => true,
            CURLOPT_TIMEOUT_MS => $this->timeoutMs,
            CURLOPT_HTTPHEADER => ['Accept: application/jwk-set+json, application/json'],
            CURLOPT_WRITEFUNCTION => function (mixed $_, string $part) use (&$body): int {
                $body .= $part;
                // Another number than the length ends the transfer.
                return strlen($body) > $this->maxBytes ? 0 : strlen($part);
            },
        ]);
        $done = curl_exec($curl) !== false && curl_getinfo($curl, CURLINFO_RESPONSE_CODE) === 200;
        curl_close($curl);
        try {
            // A set that is broken shall not take the place of one that was not.
            return $done && count(Keyset::fromJwks($body)) >= 0 ? $body : null;
        } catch (SamebyteError) {
            return null;
        }
    }

    /**
     * What the name in the URL is to mean to curl: `host:port:address,…`; null where that is nowhere to go.
     *
     * @return list<string>|null
     */
    private function pinned(string $url): ?array
    {
        $parts = parse_url($url);
        $host = trim($parts['host'] ?? '', '[]');
        $scheme = $parts['scheme'] ?? '';
        if ($host === '' || $scheme !== 'https' && !($this->privateAddresses && $scheme === 'http')) {
            return null;
        }
        $literal = filter_var($host, FILTER_VALIDATE_IP) !== false;
        $addresses = $literal ? [$host] : self::resolve($host);
        foreach ($addresses as $address) {
            if (!$this->privateAddresses && !Gateway::addressIsPublic($address)) {
                return null;
            }
        }
        if ($literal || $addresses === []) {
            return $literal ? [] : null;
        }
        $port = $parts['port'] ?? ($scheme === 'https' ? 443 : 80);
        return ["$host:$port:" . implode(',', $addresses)];
    }

    /** @return list<string> */
    private static function resolve(string $host): array
    {
        $addresses = gethostbynamel($host) ?: [];
        foreach (@dns_get_record($host, DNS_AAAA) ?: [] as $record) {
            $addresses[] = $record['ipv6'];
        }
        return $addresses;
    }

    private function file(string $url): StateFile
    {
        return StateFile::of($this->directory, "keys $url");
    }
}
