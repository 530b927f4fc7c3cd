<?php

declare(strict_types=1);

namespace Samebyte\Http;

/** Who signed a request that was accepted. A middleware hands it on as the request attribute `Identity::class`. */
final class Identity
{
    private function __construct(
        /** Whose key it is; empty where the settings name no tenant. */
        public readonly string $tenant,
        /** The key. */
        public readonly string $kid,
        public readonly string $algorithm,
        /** The audience that the request was signed for. */
        public readonly ?string $audience,
        /** What the signer calls itself. */
        public readonly ?string $issuer,
        /** Unix seconds. */
        public readonly int $issuedAt,
        /** Unix seconds. */
        public readonly int $expiresAt,
        public readonly string $nonce,
        /** base64url of SHA-256 of what was signed: equal for two requests if, and only if, they say the same. */
        public readonly string $requestHash,
        /** All of it as canonical JSON. */
        public readonly string $json,
    ) {
    }

    /** @internal */
    public static function of(string $json): self
    {
        $members = json_decode($json, true, 8, JSON_THROW_ON_ERROR);
        return new self(
            $members['tenant'],
            $members['kid'],
            $members['alg'],
            $members['aud'] ?? null,
            $members['iss'] ?? null,
            $members['iat'],
            $members['exp'],
            $members['nonce'],
            $members['request_hash'],
            $json,
        );
    }
}
