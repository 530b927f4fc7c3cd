<?php

// The conformance adapter of PHP: speaks conformance-vectors/runner/PROTOCOL.md on standard input and output, through the
// public face of the package.

declare(strict_types=1);

namespace Samebyte\Tests;

use Samebyte\Document;
use Samebyte\Exception\SamebyteError;
use Samebyte\Job;
use Samebyte\Native;
use Samebyte\Numbers;
use Samebyte\PublicKey;
use Samebyte\Receipt;
use Samebyte\Samebyte;
use Samebyte\SigningKey;
use Samebyte\Verifier;

require __DIR__ . '/autoload.php';

define(__NAMESPACE__ . '\\PANICS', TestLibrary::adopt());

/** The argument of kind `bytes`. */
function bytes(array $args, string $name): string
{
    return $args["{$name}_utf8"]
        ?? sodium_base642bin($args["{$name}_b64u"], SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING);
}

/**
 * The key in one of its spellings.
 *
 * @template Key of SigningKey|PublicKey
 * @param class-string<Key> $class
 * @return Key
 */
function key(string $class, array $key): SigningKey|PublicKey
{
    return match (true) {
        isset($key['hex']) => $class::fromHex($key['alg'], $key['hex']),
        isset($key['jwk_utf8']), isset($key['jwk_b64u']) => $class::fromJwk(bytes($key, 'jwk')),
        default => $class::fromPem(bytes($key, 'pem')),
    };
}

function verifier(array $args): Verifier
{
    $keys = array_map(fn (array $key): PublicKey => key(PublicKey::class, $key), $args['keys']);
    return new Verifier($keys, $args['threshold'] ?? 1);
}

function describe(PublicKey $key): array
{
    return [
        'alg' => $key->algorithm(),
        'kid' => $key->kid(),
        'thumbprint' => $key->thumbprint(),
        'public_hex' => $key->toHex(),
        'public_jwk_utf8' => $key->toJwk(),
        'public_pem_utf8' => $key->toPem(),
    ];
}

function describePrivate(SigningKey $key): array
{
    return describe($key->publicKey()) + [
        'private_hex' => $key->toHex(),
        'private_jwk_utf8' => $key->toJwk(),
        'private_pem_utf8' => $key->toPem(),
    ];
}

/** Canonicalization, with the options that are given and no others. */
function jcs(callable $function, array $args): string
{
    $options = isset($args['numbers']) ? ['numbers' => Numbers::named($args['numbers'])] : [];
    foreach (['max_depth' => 'maxDepth', 'max_bytes' => 'maxBytes'] as $name => $parameter) {
        if (isset($args[$name])) {
            $options[$parameter] = $args[$name];
        }
    }
    return $function(bytes($args, 'input'), ...$options);
}

/** The `ok` value of an operation, or null where there is no such operation. */
function perform(string $op, array $args): ?array
{
    $signing = fn (): SigningKey => key(SigningKey::class, $args['key']);
    $public = fn (): PublicKey => key(PublicKey::class, $args['key']);
    return match ($op) {
        'jcs_canonicalize' => ['output_utf8' => jcs(Samebyte::canonicalize(...), $args)],
        'jcs_sha256' => ['sha256_hex' => jcs(Samebyte::sha256(...), $args)],
        'key_import' => describePrivate($signing()),
        'public_key_import' => describe($public()),
        'document_sign' => ['document_utf8' => Document::sign(bytes($args, 'document'), $signing(), $args['type'])],
        'document_verify' => [
            'result_utf8' => Document::verify(bytes($args, 'document'), verifier($args), $args['type'])->result,
        ],
        'document_signing_input' => ['signing_input_utf8' => Document::signingInput(bytes($args, 'document'), $args['type'])],
        'document_to_dsse' => ['envelope_utf8' => Document::toDsse(bytes($args, 'document'), $args['type'])],
        'document_from_dsse' => ['document_utf8' => Document::fromDsse(bytes($args, 'envelope'), $args['type'])],
        'job_sign' => ['job_utf8' => Job::sign(bytes($args, 'job'), $signing())],
        'job_verify_signatures' => ['result_utf8' => Job::verifySignatures(bytes($args, 'job'))->result],
        'job_signatories' => [
            'result_utf8' => json_encode(Job::signatories(bytes($args, 'job')), JSON_THROW_ON_ERROR),
        ],
        'job_authorize' => [
            'result_utf8' => Job::authorize(bytes($args, 'job'), bytes($args, 'policy'), $args['now'])->result,
        ],
        'job_canonical_representation' => ['canonical_utf8' => Job::canonicalRepresentation(bytes($args, 'job'))],
        'receipt_sign' => ['receipt_utf8' => Receipt::sign(bytes($args, 'receipt'), $signing())],
        'receipt_verify' => ['result_utf8' => Receipt::verify(bytes($args, 'receipt'), $public())->canonical],
        'receipt_canonical_representation' => ['canonical_utf8' => Receipt::canonicalRepresentation(bytes($args, 'receipt'))],
        'test_panic' => PANICS ? [Native::bytes('sb_test_panic')] : null,
        default => null,
    };
}

while (($line = fgets(STDIN)) !== false) {
    $request = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    $answer = ['id' => $request['id']];
    try {
        $ok = perform($request['op'], $request['args']);
        $answer += $ok === null ? ['unsupported' => true] : ['ok' => $ok];
    } catch (SamebyteError $error) {
        $answer['error'] = ['code' => $error->code()->value, 'kind' => $error->kind()]
            + ($error->detail() === [] ? [] : ['detail' => $error->detail()]);
    }
    fwrite(STDOUT, json_encode($answer, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR) . "\n");
}
