<?php

declare(strict_types=1);

namespace Samebyte\Http;

use Samebyte\Handle;
use Samebyte\Json;
use Samebyte\Native;
use Samebyte\SigningKey;

/**
 * The server side of signed requests and responses: the settings, the trusted keys, and what a process remembers between
 * requests. It does no input or output: {@see Psr\SignatureMiddleware} does that, and {@see Setup} makes one from the environment.
 */
final class Gateway
{
    private readonly Handle $handle;

    /**
     * @param string|array<string, mixed>|\stdClass $settings JSON text or a native value; `replay` is `external` in PHP
     * @param ?SigningKey $signingKey the key that signs responses
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @throws \Samebyte\Exception\UsageError `settings_invalid`, `unknown_option`
     * @throws \Samebyte\Exception\SamebyteError the codes of the reader, and of keys
     */
    public function __construct(
        #[\SensitiveParameter] string|array|\stdClass $settings,
        ?SigningKey $signingKey = null,
        ?int $nowMs = null,
    ) {
        $this->handle = Native::handle(
            'sb_gateway',
            'sb_gateway_free',
            'sb_gateway_new',
            Json::text($settings),
            $signingKey === null ? false : $signingKey->handle(),
            $nowMs ?? Clock::now(),
        );
    }

    /** The JWK Set to publish at `/.well-known/jwks.json`, for those who verify responses: canonical JSON text. */
    public function jwks(): string
    {
        return Native::bytes('sb_gateway_jwks', $this->handle);
    }

    /**
     * Looks at the head of a request; the exchange says what is to be done next.
     *
     * @param string $target the request target as it came: path and query
     * @param array<array-key, string|list<string>> $fields each with its value, or with several where it came several times
     * @param ?string $peer the IP address of the other side
     * @param ?string $authority the pseudo-header field of HTTP/2, where the server tells it beside `Host`
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @throws \Samebyte\Exception\UsageError `invalid_argument` for a field that none can be
     */
    public function begin(
        string $method,
        string $target,
        array $fields,
        ?string $peer = null,
        ?string $authority = null,
        ?int $nowMs = null,
    ): Exchange {
        return new Exchange(Native::handle(
            'sb_exchange',
            'sb_exchange_free',
            'sb_gateway_begin',
            $this->handle,
            $method,
            $target,
            $authority,
            $peer,
            Fields::text($fields),
            $nowMs ?? Clock::now(),
        ));
    }

    /**
     * The URL of the keys of a source, where they are to be fetched now.
     *
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     */
    public function keysDue(int $source, ?int $nowMs = null): ?string
    {
        return Native::optional('sb_gateway_keys_due', $this->handle, $source, $nowMs ?? Clock::now());
    }

    /**
     * Gives the gateway the keys of a source; a set that is refused keeps the one before.
     *
     * @param ?string $jwks JSON text as it came; null says that it could not be fetched
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @throws \Samebyte\Exception\SamebyteError the codes of the reader, and of keys
     */
    public function keysPut(int $source, ?string $jwks, ?int $nowMs = null): void
    {
        Native::nothing('sb_gateway_keys_put', $this->handle, $source, $jwks, $nowMs ?? Clock::now());
    }

    /**
     * Notes that the store of nonces lost its state: what was signed before is refused from now on.
     *
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     */
    public function stateLost(?int $nowMs = null): void
    {
        Native::nothing('sb_gateway_state_lost', $this->handle, $nowMs ?? Clock::now());
    }

    /**
     * Counters of this process: `accepted`, `inflight`, `live_nonces`, `passed`, `refused` by code.
     *
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @return array<string, mixed>
     */
    public function stats(?int $nowMs = null): array
    {
        return json_decode(Native::bytes('sb_gateway_stats', $this->handle, $nowMs ?? Clock::now()), true, 8, JSON_THROW_ON_ERROR);
    }

    /** Whether an IP address is one that keys may be fetched from: none that is private, local or reserved. */
    public static function addressIsPublic(string $address): bool
    {
        return Native::integer('int32_t', 'sb_http_address_is_public', $address) === 1;
    }

    /**
     * Whether a response with this Content-Type and this Content-Encoding, each empty where there is none, is not held back
     * to be signed: events, and what is coded. {@see Exchange::respond()} is told of it without a body.
     */
    public static function responseIsStreamed(string $contentType, string $contentEncoding = ''): bool
    {
        return Native::integer('int32_t', 'sb_http_response_is_streamed', $contentType, $contentEncoding) === 1;
    }

    /**
     * Every check of a signed request, and whether it passed, for people.
     *
     * @param string|array<string, mixed>|\stdClass $settings
     * @param array<array-key, string|list<string>> $fields
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @return array<string, mixed>
     * @throws \Samebyte\Exception\SamebyteError as the constructor
     */
    public static function explain(
        #[\SensitiveParameter] string|array|\stdClass $settings,
        string $method,
        string $target,
        array $fields,
        string $body,
        ?string $peer = null,
        ?string $authority = null,
        ?int $nowMs = null,
    ): array {
        $report = Native::bytes(
            'sb_http_request_explain',
            Json::text($settings),
            $method,
            $target,
            $authority,
            $peer,
            Fields::text($fields),
            $body,
            $nowMs ?? Clock::now(),
        );
        return json_decode($report, true, 512, JSON_THROW_ON_ERROR);
    }
}
