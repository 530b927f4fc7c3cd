<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * JSON Web Signatures (RFC 7515): compact, flattened and general, attached and detached, with `b64` (RFC 7797).
 *
 * Payloads are strings of bytes. With `canonicalize` a payload is JSON text or a native value, as {@see Samebyte} says, and its
 * canonical text is what is signed.
 */
final class Jws
{
    private function __construct()
    {
    }

    /**
     * A JWS of a payload.
     *
     * @param string|array<mixed>|\stdClass $payload bytes; with `$canonicalize` JSON text or a native value
     * @param string $serialization `compact`, `flattened` or `general`
     * @param bool $detached whether the payload is left out
     * @param bool $b64 whether the payload is signed in base64url; false is RFC 7797
     * @param ?Numbers $canonicalize the number policy under which the payload is made canonical first
     * @param ?string $algorithm where the key permits several
     * @param string|false|null $kid of the header; that of the key where nothing is said, and none with false
     * @param ?string $typ of the header
     * @param array<string, mixed>|\stdClass|null $header more protected members
     * @param array<string, mixed>|\stdClass|null $unprotected the unprotected header
     * @throws Exception\UsageError `invalid_argument`, `algorithm_unsupported`, `payload_unencodable`
     * @throws Exception\RejectedError `algorithm_mismatch`
     * @throws Exception\MalformedError `signature_header_malformed`; with `$canonicalize` the codes of the reader
     * @throws Exception\LimitError `too_large`
     */
    public static function sign(
        string|array|\stdClass $payload,
        SigningKey $key,
        string $serialization = 'compact',
        bool $detached = false,
        bool $b64 = true,
        ?Numbers $canonicalize = null,
        ?string $algorithm = null,
        string|false|null $kid = null,
        ?string $typ = null,
        array|\stdClass|null $header = null,
        array|\stdClass|null $unprotected = null,
    ): string {
        $options = self::options($b64, $canonicalize, $algorithm, $kid, $typ, $header, $unprotected, [
            'serialization' => $serialization === 'compact' ? null : $serialization,
            'detached' => $detached ?: null,
        ]);
        return Native::bytes('sb_jws_sign', self::payload($payload, $canonicalize), $key->handle(), $options);
    }

    /**
     * One more signature for a flattened or general JWS, which becomes general; those that are there are neither verified nor
     * changed. Other arguments as {@see sign()}.
     *
     * @param string|array<mixed>|\stdClass|null $payload where it is detached, and only then
     * @param array<string, mixed>|\stdClass|null $header
     * @param array<string, mixed>|\stdClass|null $unprotected
     * @throws Exception\MalformedError `jws_malformed`, `signature_header_malformed`
     * @throws Exception\UsageError `payload_missing`, `payload_unexpected`, `invalid_argument`
     * @throws Exception\LimitError `too_many_signatures`, `too_large`
     * @throws Exception\RejectedError `algorithm_mismatch`
     */
    public static function append(
        string $jws,
        SigningKey $key,
        string|array|\stdClass|null $payload = null,
        bool $b64 = true,
        ?Numbers $canonicalize = null,
        ?string $algorithm = null,
        string|false|null $kid = null,
        ?string $typ = null,
        array|\stdClass|null $header = null,
        array|\stdClass|null $unprotected = null,
    ): string {
        $options = self::options($b64, $canonicalize, $algorithm, $kid, $typ, $header, $unprotected, []);
        $payload = $payload === null ? null : self::payload($payload, $canonicalize);
        return Native::bytes('sb_jws_append', $jws, $payload, $key->handle(), $options);
    }

    /**
     * Verifies a JWS in any serialization, and returns what was verified.
     *
     * @param Verifier|Keyset|PublicKey|SigningKey $trusted make a {@see Verifier} once where it is used often
     * @param string|array<mixed>|\stdClass|null $payload where it is detached, and only then
     * @param ?Numbers $canonicalize where the given payload is JSON, and its canonical text was signed
     * @throws Exception\MalformedError `jws_malformed`, `signature_malformed`, `signature_header_malformed`; the codes of the reader
     * @throws Exception\RejectedError `signature_invalid`, `algorithm_not_allowed`, `algorithm_mismatch`,
     *     `critical_header_unsupported`, `kid_missing`, `typ_mismatch`, `signature_verification_failed`
     * @throws Exception\UntrustedError `signature_unknown`, `threshold_not_met`
     * @throws Exception\UsageError `policy_required`, `payload_missing`, `payload_unexpected`
     * @throws Exception\LimitError `too_large`, `too_many_signatures`
     */
    public static function verify(
        string $jws,
        Verifier|Keyset|PublicKey|SigningKey $trusted,
        string|array|\stdClass|null $payload = null,
        ?Numbers $canonicalize = null,
    ): VerifiedJws {
        $payload = $payload === null ? null : self::payload($payload, $canonicalize);
        $options = $canonicalize === null ? '' : '{"canonicalize":"' . $canonicalize->value . '"}';
        $handle = Verifier::from($trusted)->handle();
        return new VerifiedJws(...Native::pair('sb_jws_verify', $jws, $payload, $handle, $options));
    }

    /**
     * What the holder of a private key that is elsewhere must sign. Arguments as {@see sign()}.
     *
     * @param string|array<mixed>|\stdClass $payload
     * @param array<string, mixed>|\stdClass|null $header
     * @param array<string, mixed>|\stdClass|null $unprotected
     * @throws Exception\SamebyteError those of {@see sign()}
     */
    public static function prepare(
        string|array|\stdClass $payload,
        PublicKey $key,
        string $serialization = 'compact',
        bool $detached = false,
        bool $b64 = true,
        ?Numbers $canonicalize = null,
        ?string $algorithm = null,
        string|false|null $kid = null,
        ?string $typ = null,
        array|\stdClass|null $header = null,
        array|\stdClass|null $unprotected = null,
    ): PreparedJws {
        $options = self::options($b64, $canonicalize, $algorithm, $kid, $typ, $header, $unprotected, [
            'serialization' => $serialization === 'compact' ? null : $serialization,
            'detached' => $detached ?: null,
        ]);
        return new PreparedJws(self::payload($payload, $canonicalize), $key, $options);
    }

    /**
     * What a JWS says of itself. Nothing of it is verified or to be believed.
     *
     * @return array<string, mixed>
     * @throws Exception\MalformedError `jws_malformed`; the codes of the reader
     * @throws Exception\LimitError `too_large`, `too_many_signatures`
     */
    public static function inspect(string $jws): array
    {
        return json_decode(Native::bytes('sb_jws_inspect', $jws), true, 512, JSON_THROW_ON_ERROR);
    }

    /** @param string|array<mixed>|\stdClass $payload */
    private static function payload(string|array|\stdClass $payload, ?Numbers $canonicalize): string
    {
        if (is_string($payload)) {
            return $payload;
        }
        if ($canonicalize === null) {
            throw Exception\SamebyteError::of(
                Code::InvalidArgument,
                'a payload that is no string is signed in its canonical form: say so with canonicalize',
            );
        }
        return Json::text($payload);
    }

    /**
     * @param array<string, mixed>|\stdClass|null $header
     * @param array<string, mixed>|\stdClass|null $unprotected
     * @param array<string, mixed> $more
     */
    private static function options(
        bool $b64,
        ?Numbers $canonicalize,
        ?string $algorithm,
        string|false|null $kid,
        ?string $typ,
        array|\stdClass|null $header,
        array|\stdClass|null $unprotected,
        array $more,
    ): string {
        $options = [
            'alg' => $algorithm,
            'b64' => $b64 ? null : false,
            'canonicalize' => $canonicalize?->value,
            'header' => $header === null ? null : (object) $header,
            'kid' => $kid === false ? null : $kid,
            'typ' => $typ,
            'unprotected' => $unprotected === null ? null : (object) $unprotected,
        ];
        return Options::text($options + $more, $kid === false ? ['kid' => null] : []);
    }
}
