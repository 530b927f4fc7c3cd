<?php

declare(strict_types=1);

namespace Samebyte;

/** A JWS that waits for a signature from elsewhere: a token, a key service, a machine without a network. */
final class PreparedJws
{
    /** The algorithm to sign with. */
    public readonly string $algorithm;

    /** The id of the key. */
    public readonly ?string $kid;

    /** The bytes to sign. */
    public readonly string $message;

    /** The digest of them that a signer of digests needs; null for EdDSA, which signs the message itself. */
    public readonly ?string $digest;

    /**
     * @internal
     */
    public function __construct(
        private readonly string $payload,
        private readonly PublicKey $key,
        private readonly string $options,
    ) {
        $text = Native::bytes('sb_jws_prepare', $payload, $key->handle(), $options);
        $prepared = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
        $decode = static fn (string $text): string
            => sodium_base642bin($text, SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING);
        $this->algorithm = $prepared['alg'];
        $this->kid = $prepared['kid'];
        $this->message = $decode($prepared['message']);
        $this->digest = $prepared['digest'] === null ? null : $decode($prepared['digest']);
    }

    /**
     * The JWS with the signature, which is verified first. One of ECDSA may be in DER or in fixed width.
     *
     * @throws Exception\MalformedError `signature_malformed`
     * @throws Exception\RejectedError `signature_invalid`
     */
    public function finish(string $signature): string
    {
        return Native::bytes('sb_jws_finish', $this->payload, $this->key->handle(), $this->options, $signature);
    }
}
