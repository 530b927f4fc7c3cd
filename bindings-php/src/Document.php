<?php

declare(strict_types=1);

namespace Samebyte;

/**
 * Signed JSON documents: any JSON object, of any media type.
 *
 * A signature covers every member but `signatures`, and the media type, so that a document of one kind never passes as one
 * of another. Documents are JSON text or native values, as {@see Samebyte} says; signed ones are canonical JSON text.
 */
final class Document
{
    private function __construct()
    {
    }

    /**
     * The document in canonical form, with one more signature.
     *
     * @param string|array<string, mixed>|\stdClass $document
     * @param string $type the media type, for example `application/vnd.example.contract+json`
     * @throws Exception\MalformedError the codes of the reader; `document_malformed`
     * @throws Exception\RejectedError `duplicate_signer`
     * @throws Exception\LimitError `too_many_signatures`
     * @throws Exception\UsageError `type_invalid`, `unsupported_type`, `key_not_string`
     */
    public static function sign(string|array|\stdClass $document, SigningKey $key, string $type): string
    {
        return Native::bytes('sb_document_sign', Json::text($document), $key->handle(), $type);
    }

    /**
     * Verifies a document, and returns what was verified.
     *
     * @param string|array<string, mixed>|\stdClass $document best the very bytes that were received
     * @throws Exception\MalformedError the codes of the reader; `document_malformed`
     * @throws Exception\RejectedError `document_unsigned`, `duplicate_signer`, `signature_verification_failed`
     * @throws Exception\UntrustedError `signature_unknown`, `threshold_not_met`
     * @throws Exception\LimitError `too_many_signatures`
     * @throws Exception\UsageError `type_invalid`, `unsupported_type`, `key_not_string`
     */
    public static function verify(
        string|array|\stdClass $document,
        Verifier|Keyset|PublicKey|SigningKey $trusted,
        string $type,
    ): VerifiedDocument {
        return VerifiedDocument::of(
            Native::bytes('sb_document_verify', Json::text($document), Verifier::from($trusted)->handle(), $type),
        );
    }

    /**
     * The pre-authentication encoding (DSSE) that every signer of this document signs.
     *
     * @param string|array<string, mixed>|\stdClass $document
     * @throws Exception\MalformedError the codes of the reader; `document_malformed`
     * @throws Exception\UsageError `type_invalid`, `unsupported_type`, `key_not_string`
     */
    public static function signingInput(string|array|\stdClass $document, string $type): string
    {
        return Native::bytes('sb_document_signing_input', Json::text($document), $type);
    }

    /**
     * The signed document as a DSSE envelope with the same signatures.
     *
     * @param string|array<string, mixed>|\stdClass $document
     * @throws Exception\MalformedError the codes of the reader; `document_malformed`
     * @throws Exception\RejectedError `document_unsigned`
     * @throws Exception\UsageError `type_invalid`, `unsupported_type`, `key_not_string`
     */
    public static function toDsse(string|array|\stdClass $document, string $type): string
    {
        return Native::bytes('sb_document_to_dsse', Json::text($document), $type);
    }

    /**
     * The DSSE envelope as a signed document. Converting verifies nothing.
     *
     * @param string|array<string, mixed>|\stdClass $envelope
     * @throws Exception\MalformedError the codes of the reader; `document_malformed`
     * @throws Exception\UsageError `type_invalid`, `unsupported_type`, `key_not_string`
     */
    public static function fromDsse(string|array|\stdClass $envelope, string $type): string
    {
        return Native::bytes('sb_document_from_dsse', Json::text($envelope), $type);
    }
}
