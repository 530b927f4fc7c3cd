<?php

declare(strict_types=1);

namespace Samebyte\Http;

use Samebyte\Handle;
use Samebyte\Keyset;
use Samebyte\Native;
use Samebyte\Options;
use Samebyte\SigningKey;

/**
 * Signs requests, and verifies the responses to them. It does no input or output: {@see Psr\SigningClient} does that for PSR-18,
 * and {@see Psr\GuzzleSigning} for Guzzle.
 */
final class Client
{
    /** How large a response may be where nothing is said: 16 MiB. */
    private const MAX_BODY = 16 * 1024 * 1024;

    private readonly Handle $handle;

    /** How many bytes a response may have. */
    public readonly int $maxBody;

    /**
     * @param ?Keyset $responses the keys of the gateway; without them responses are not verified
     * @param ?string $audience whom requests are for; the origin of their URL where nothing is said
     * @param ?string $issuer what the signer calls itself
     * @param ?int $ttl for how many seconds a request may be accepted (default 60)
     * @param bool $demandSignature whether the gateway is told to answer with a signature or not at all
     * @param ?list<string> $bind names of fields that are signed too, in lower case
     * @param ?bool $bindAuthorization whether the credential of `Authorization` is signed too
     * @param ?string $header the name of the field (default `x-signature`)
     * @param ?int $clockSkew how many seconds later than it says a response is accepted (default 30)
     * @param ?int $futureSkew how many seconds the gateway's clock may be ahead (default 5)
     * @param ?int $maxBody how many bytes a response may have (default 16 MiB)
     * @param ?bool $requireSigned whether a response without a signature is refused; yes, where there are keys
     * @throws \Samebyte\Exception\UsageError `invalid_argument`
     */
    public function __construct(
        SigningKey $key,
        ?Keyset $responses = null,
        ?string $audience = null,
        ?string $issuer = null,
        ?int $ttl = null,
        bool $demandSignature = false,
        ?array $bind = null,
        ?bool $bindAuthorization = null,
        ?string $header = null,
        ?int $clockSkew = null,
        ?int $futureSkew = null,
        ?int $maxBody = null,
        ?bool $requireSigned = null,
    ) {
        $this->maxBody = $maxBody ?? self::MAX_BODY;
        $this->handle = Native::handle(
            'sb_client',
            'sb_client_free',
            'sb_client_new',
            $key->handle(),
            $responses === null ? false : $responses->handle(),
            Options::text([
                'ath' => $bindAuthorization,
                'aud' => $audience,
                'clock_skew' => $clockSkew,
                'future_skew' => $futureSkew,
                'hdr' => $bind,
                'header' => $header,
                'iss' => $issuer,
                'max_body' => $maxBody,
                'require_signed' => $requireSigned,
                'rsp' => $demandSignature ? 'sign' : null,
                'ttl' => $ttl,
            ]),
        );
    }

    /**
     * Signs a request. To try again is to sign again: a request that was sent twice is a replay.
     *
     * @param string $url absolute
     * @param array<array-key, string|list<string>> $fields of the request, `Content-Type` among them where there is a body
     * @param ?string $body null where there is none
     * @param ?string $nonce a random one where nothing is said
     * @param ?int $nowMs Unix milliseconds; now where nothing is said
     * @throws \Samebyte\Exception\UsageError `invalid_argument`
     * @throws \Samebyte\Exception\SamebyteError the codes of the reader for a body that is not the JSON that it should be
     */
    public function sign(
        string $method,
        string $url,
        array $fields = [],
        ?string $body = null,
        ?string $nonce = null,
        ?int $nowMs = null,
    ): Call {
        return new Call(Native::handle(
            'sb_call',
            'sb_call_free',
            'sb_client_sign',
            $this->handle,
            $method,
            $url,
            Fields::text($fields),
            $body,
            $nonce,
            $nowMs ?? Clock::now(),
        ));
    }
}
