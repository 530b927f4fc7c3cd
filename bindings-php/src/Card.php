<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * Signatures of A2A Agent Cards.
 *
 * A form says how a card becomes the bytes that are signed: `sdk` as the official SDKs do, `spec` as section 8.4.1 of the
 * specification says, `raw` as it is served. Cards are JSON text: best the very bytes that were received.
 */
final class Card
{
    private function __construct()
    {
    }

    /**
     * The bytes that are signed under a form.
     *
     * @throws Exception\MalformedError the codes of the reader; `card_malformed`
     * @throws Exception\UsageError `invalid_argument`
     */
    public static function canonicalize(string $card, string $form): string
    {
        return Native::bytes('sb_card_canonicalize', $card, $form);
    }

    /**
     * The canonical card with one more signature.
     *
     * @param ?string $portability what to do with a card whose forms would differ: `refuse` (where nothing is said), `strip` or `each`
     * @param ?string $form sign this form alone, whatever the others would be
     * @param ?string $jku where the public key is found
     * @throws Exception\MalformedError the codes of the reader; `card_malformed`
     * @throws Exception\UsageError `card_not_portable` (the detail has the pointers), `invalid_argument`
     * @throws Exception\RejectedError `duplicate_signer`, `algorithm_mismatch`
     * @throws Exception\LimitError `too_many_signatures`
     */
    public static function sign(
        string $card,
        SigningKey $key,
        ?string $portability = null,
        ?string $form = null,
        ?string $jku = null,
        ?string $typ = null,
        ?string $algorithm = null,
    ): string {
        $options = ['alg' => $algorithm, 'form' => $form, 'jku' => $jku, 'portability' => $portability, 'typ' => $typ];
        return Native::bytes('sb_card_sign', $card, $key->handle(), Options::text($options));
    }

    /**
     * Verifies a card, and returns what was verified: one signature of a trusted key is enough.
     *
     * @param Verifier|Keyset|PublicKey|SigningKey $trusted a symmetric key only in a {@see Verifier} that lists its algorithm
     * @throws Exception\MalformedError the codes of the reader; `card_malformed`, `signature_header_malformed`
     * @throws Exception\RejectedError `card_unsigned`, `signature_invalid`
     * @throws Exception\UntrustedError `signature_unknown`
     * @throws Exception\UsageError `invalid_argument`
     */
    public static function verify(string $card, Verifier|Keyset|PublicKey|SigningKey $trusted, string $form): VerifiedCard
    {
        return new VerifiedCard(...Native::pair('sb_card_verify', $card, Verifier::from($trusted)->handle(), $form));
    }

    /**
     * Why a card verifies, or does not, under each form.
     *
     * @return array<string, mixed>
     * @throws Exception\MalformedError the codes of the reader; `card_malformed`
     */
    public static function diagnose(string $card, Verifier|Keyset|PublicKey|SigningKey $trusted): array
    {
        return json_decode(self::diagnosis($card, $trusted), true, 512, JSON_THROW_ON_ERROR);
    }

    /**
     * The same as canonical JSON.
     *
     * @internal
     */
    public static function diagnosis(string $card, Verifier|Keyset|PublicKey|SigningKey $trusted): string
    {
        return Native::bytes('sb_card_diagnose', $card, Verifier::from($trusted)->handle());
    }
}
