<?php

// The conformance adapter of PHP: speaks conformance-vectors/runner/PROTOCOL.md on standard input and output, through the
// public face of the package.

declare(strict_types=1);

namespace Samebyte\Tests;

use Samebyte\Card;
use Samebyte\Code;
use Samebyte\Config;
use Samebyte\Document;
use Samebyte\Exception\SamebyteError;
use Samebyte\Http\Answer;
use Samebyte\Http\Call;
use Samebyte\Http\Client;
use Samebyte\Http\Exchange;
use Samebyte\Http\Gateway;
use Samebyte\Http\Step;
use Samebyte\Http\Verdict;
use Samebyte\Job;
use Samebyte\Jws;
use Samebyte\Keyset;
use Samebyte\Native;
use Samebyte\Numbers;
use Samebyte\PublicKey;
use Samebyte\Receipt;
use Samebyte\Result;
use Samebyte\Samebyte;
use Samebyte\SigningKey;
use Samebyte\Sqooler;
use Samebyte\Verifier;
use TypeError;

require __DIR__ . '/autoload.php';

define(__NAMESPACE__ . '\\PANICS', TestLibrary::adopt());

/** The argument of kind `bytes`. */
function bytes(array $args, string $name): string
{
    return $args["{$name}_utf8"]
        ?? sodium_base642bin($args["{$name}_b64u"], SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING);
}

/** The argument of kind `bytes?`. */
function maybe(array $args, string $name): ?string
{
    return isset($args["{$name}_utf8"]) || isset($args["{$name}_b64u"]) ? bytes($args, $name) : null;
}

function b64u(string $bytes): string
{
    return sodium_bin2base64($bytes, SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING);
}

function signingKey(array $key): SigningKey
{
    $algorithm = $key['algorithm'] ?? null;
    return match (true) {
        isset($key['hex']) => SigningKey::fromHex($key['alg'], $key['hex']),
        isset($key['jwk_utf8']), isset($key['jwk_b64u']) => SigningKey::fromJwk(bytes($key, 'jwk'), $algorithm),
        isset($key['der_b64u']) => SigningKey::fromDer(bytes($key, 'der'), $algorithm),
        isset($key['encrypted_pem_utf8']) => SigningKey::fromPem(
            $key['encrypted_pem_utf8'],
            bytes($key, 'password'),
            $algorithm,
        ),
        isset($key['symmetric_b64u']) => SigningKey::symmetric($key['alg'], bytes($key, 'symmetric'), $key['kid'] ?? null),
        isset($key['symmetric_jwk_utf8']) => SigningKey::symmetricFromJwk($key['symmetric_jwk_utf8']),
        default => SigningKey::fromPem(bytes($key, 'pem'), algorithm: $algorithm),
    };
}

function publicKey(array $key): PublicKey
{
    $algorithm = $key['algorithm'] ?? null;
    return match (true) {
        isset($key['hex']) => PublicKey::fromHex($key['alg'], $key['hex']),
        isset($key['jwk_utf8']), isset($key['jwk_b64u']) => PublicKey::fromJwk(bytes($key, 'jwk'), $algorithm),
        isset($key['der_b64u']) => PublicKey::fromDer(bytes($key, 'der'), $algorithm),
        default => PublicKey::fromPem(bytes($key, 'pem'), $algorithm),
    };
}

/** The set of the arguments `keys` or `jwks`. */
function keyset(array $args): Keyset
{
    $jwks = maybe($args, 'jwks');
    $symmetric = fn (array $key): bool => isset($key['symmetric_b64u']) || isset($key['symmetric_jwk_utf8']);
    return $jwks !== null
        ? Keyset::fromJwks($jwks)
        : Keyset::of(array_map(fn (array $key) => $symmetric($key) ? signingKey($key) : publicKey($key), $args['keys']));
}

function verifier(array $args): Verifier
{
    $names = [
        'require_low_s' => 'requireLowS',
        'max_header_bytes' => 'maxHeaderBytes',
        'max_payload_bytes' => 'maxPayloadBytes',
        'max_signatures' => 'maxSignatures',
    ];
    $options = isset($args['threshold']) ? ['threshold' => $args['threshold']] : [];
    foreach ($args['verifier'] ?? [] as $name => $value) {
        $options[$names[$name] ?? $name] = $value;
    }
    return new Verifier(keyset($args), ...$options);
}

/** The options of a JWS or a card, as named arguments. */
function options(array $args): array
{
    $options = $args['options'] ?? [];
    if (array_key_exists('kid', $options)) {
        $options['kid'] ??= false;
    }
    if (isset($options['alg'])) {
        $options['algorithm'] = $options['alg'];
        unset($options['alg']);
    }
    if (isset($options['canonicalize'])) {
        $options['canonicalize'] = Numbers::named($options['canonicalize']);
    }
    return $options;
}

/** The findings of a key set without their messages, which are for people. */
function lint(string $jwks): string
{
    $findings = array_map(fn (array $finding): array => array_diff_key($finding, ['message' => '']), Keyset::lint($jwks));
    return json_encode($findings, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
}

/** What a key has: a form that it does not have is left out. */
function forms(array $forms): array
{
    $found = [];
    foreach ($forms as $name => $form) {
        try {
            $found[$name] = $form();
        } catch (SamebyteError $error) {
            if ($error->code() !== Code::KeyUnsupported) {
                throw $error;
            }
        }
    }
    return array_filter($found, fn (?string $form): bool => $form !== null);
}

function describe(PublicKey $key): array
{
    return forms([
        'alg' => $key->algorithm(...),
        'kid' => $key->kid(...),
        'thumbprint' => $key->thumbprint(...),
        'public_hex' => $key->toHex(...),
        'public_jwk_utf8' => $key->toJwk(...),
        'public_pem_utf8' => $key->toPem(...),
        'public_der_b64u' => fn (): string => b64u($key->toDer()),
    ]);
}

function describePrivate(SigningKey $key): array
{
    $private = forms([
        'alg' => $key->algorithm(...),
        'kid' => $key->kid(...),
        'thumbprint' => $key->thumbprint(...),
        'private_hex' => $key->toHex(...),
        'private_jwk_utf8' => $key->toJwk(...),
        'private_pem_utf8' => fn (): string => $key->toPem(),
        'private_der_b64u' => fn (): string => b64u($key->toDer()),
    ]);
    return $key->isSymmetric() ? $private : $private + describe($key->publicKey());
}

function jwsVerify(array $args): array
{
    $canonicalize = isset($args['canonicalize']) ? Numbers::named($args['canonicalize']) : null;
    $verified = Jws::verify(bytes($args, 'jws'), verifier($args), maybe($args, 'payload'), $canonicalize);
    return ['payload_b64u' => b64u($verified->payload), 'signatures_utf8' => $verified->report];
}

function jwsPrepare(array $args): array
{
    $prepared = Jws::prepare(bytes($args, 'payload'), publicKey($args['key']), ...options($args));
    return array_filter(
        [
            'alg' => $prepared->algorithm,
            'kid' => $prepared->kid,
            'message_b64u' => b64u($prepared->message),
            'digest_b64u' => $prepared->digest === null ? null : b64u($prepared->digest),
        ],
        fn (?string $value): bool => $value !== null,
    );
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

/** A client, and the request of the arguments, signed. */
function call(array $args, ?Keyset $responses = null): Call
{
    $names = [
        'ath' => 'bindAuthorization', 'aud' => 'audience', 'clock_skew' => 'clockSkew', 'future_skew' => 'futureSkew',
        'hdr' => 'bind', 'iss' => 'issuer', 'max_body' => 'maxBody', 'require_signed' => 'requireSigned',
    ];
    $options = [];
    foreach ($args['options'] ?? [] as $name => $value) {
        if ($name === 'rsp') {
            $options['demandSignature'] = true;
        } else {
            $options[$names[$name] ?? $name] = $value;
        }
    }
    $client = new Client(signingKey($args['key']), $responses, ...$options);
    $fields = lines(bytes($args, 'fields'));
    return $client->sign($args['method'], $args['url'], $fields, maybe($args, 'body'), $args['nonce'], $args['now']);
}

/**
 * The fields of these lines. What a line is, the face of PHP does not say; this is enough for those that are well-formed.
 *
 * @return array<string, list<string>>
 */
function lines(string $text): array
{
    $fields = [];
    foreach (explode("\r\n", $text) as $line) {
        if ($line !== '') {
            [$name, $value] = explode(':', $line, 2) + [1 => ''];
            $fields[$name][] = trim($value, " \t");
        }
    }
    return $fields;
}

/** The exchange of a request that passes or is accepted; a refusal is its code. */
function received(array $args, ?SigningKey $key = null): Exchange
{
    [$now, $later] = [$args['now'], $args['later'] ?? $args['now']];
    $gateway = new Gateway(bytes($args, 'settings'), $key, $now);
    $begin = fn (): Exchange => $gateway->begin($args['method'], $args['target'], lines(bytes($args, 'fields')), nowMs: $now);
    $exchange = $begin();
    while ($exchange->step() === Step::Keys) {
        // Nothing can be fetched here.
        $gateway->keysPut($exchange->source(), null, $now);
        $exchange = $begin();
    }
    $body = bytes($args, 'body');
    if ($exchange->step() === Step::Body) {
        strlen($body) > $exchange->limit() ? $exchange->refuse(Code::BodyTooLarge, $later) : $exchange->body($body, $later);
    }
    if ($exchange->step() === Step::Reserve) {
        $verdict = constant(Verdict::class . '::' . ucfirst($args['replay'] ?? 'new'));
        $exchange->reserved($verdict, $later);
    }
    if ($exchange->step() === Step::Reject) {
        refuse($exchange->answer());
    }
    return $exchange;
}

/** Throws the code that an answer names, where it is a refusal. */
function refuse(Answer $answer): void
{
    if (isset($answer->fields['x-signature-error'])) {
        throw SamebyteError::of(Code::from($answer->fields['x-signature-error']), 'the gateway refuses');
    }
}

function requestSign(array $args): array
{
    $call = call($args);
    return ['name' => $call->name, 'value' => $call->value] + ($call->body === null ? [] : ['body_utf8' => $call->body]);
}

function requestVerify(array $args): array
{
    $exchange = received($args);
    $identity = $exchange->identity();
    return $identity === null
        ? ['outcome' => 'pass', 'body_utf8' => bytes($args, 'body')]
        : ['outcome' => 'accept', 'identity_utf8' => $identity->json, 'body_utf8' => $exchange->verifiedBody()];
}

function responseSign(array $args): array
{
    $exchange = received($args, signingKey($args['signing_key']));
    if (!$exchange->signsResponse()) {
        return ['status' => $args['status'], 'body_utf8' => maybe($args, 'response') ?? ''];
    }
    $answer = $exchange->respond($args['status'], $args['content_type'] ?? null, maybe($args, 'response'), $args['now']);
    refuse($answer);
    $value = isset($answer->fields['x-signature']) ? ['value' => $answer->fields['x-signature']] : [];
    return ['status' => $answer->status, 'body_utf8' => $answer->body] + $value;
}

function responseVerify(array $args): array
{
    $call = call($args, Keyset::fromJwks(bytes($args, 'jwks')));
    $fields = lines(bytes($args, 'response_fields'));
    $verified = $call->verify($args['status'], $fields, bytes($args, 'response'), $args['received']);
    return ['body_utf8' => $verified->body, 'report_utf8' => $verified->report];
}

/** The `ok` value of an operation, or null where there is no such operation. */
function perform(string $op, array $args): ?array
{
    $signing = fn (): SigningKey => signingKey($args['key']);
    $public = fn (): PublicKey => publicKey($args['key']);
    $set = fn (Keyset $keys): array => ['jwks_utf8' => $keys->toJwks(), 'length' => count($keys)];
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
        'keyset_new', 'keyset_from_jwks' => $set(keyset($args)),
        'keyset_find' => ['public_jwk_utf8' => keyset($args)->get($args['kid'])->toJwk()],
        'keyset_lint' => ['findings_utf8' => lint(bytes($args, 'jwks'))],
        'jws_sign' => ['jws_utf8' => Jws::sign(bytes($args, 'payload'), $signing(), ...options($args))],
        'jws_append' => [
            'jws_utf8' => Jws::append(bytes($args, 'jws'), $signing(), maybe($args, 'payload'), ...options($args)),
        ],
        'jws_verify' => jwsVerify($args),
        'jws_prepare' => jwsPrepare($args),
        'jws_finish' => [
            'jws_utf8' => Jws::prepare(bytes($args, 'payload'), $public(), ...options($args))
                ->finish(bytes($args, 'signature')),
        ],
        'jws_inspect' => ['report_utf8' => Native::bytes('sb_jws_inspect', bytes($args, 'jws'))],
        'card_canonicalize' => ['canonical_utf8' => Card::canonicalize(bytes($args, 'card'), $args['form'])],
        'card_sign' => ['card_utf8' => Card::sign(bytes($args, 'card'), $signing(), ...options($args))],
        'card_verify' => (fn ($verified): array => [
            'card_utf8' => $verified->canonical,
            'report_utf8' => $verified->report,
        ])(Card::verify(bytes($args, 'card'), verifier($args), $args['form'])),
        'card_diagnose' => ['report_utf8' => Card::diagnosis(bytes($args, 'card'), verifier($args))],
        'result_sign' => ['document_utf8' => Result::sign(bytes($args, 'document'), $signing())],
        'result_verify' => [
            'result_utf8' => Result::verify(
                bytes($args, 'document'),
                verifier($args),
                $args['display_name'],
                $args['job_id'],
            )->result,
        ],
        'config_sign' => ['document_utf8' => Config::sign(bytes($args, 'document'), $signing())],
        'config_verify' => [
            'result_utf8' => Config::verify(bytes($args, 'document'), verifier($args), $args['display_name'])->result,
        ],
        'sqooler_sign' => ['file_utf8' => Sqooler::sign(bytes($args, 'payload'), $signing())],
        'sqooler_result_verify' => [
            'payload_utf8' => Sqooler::verifyResult(
                bytes($args, 'file'),
                $public(),
                $args['display_name'],
                $args['job_id'],
            ),
        ],
        'sqooler_config_verify' => [
            'payload_utf8' => Sqooler::verifyConfig(bytes($args, 'file'), $public(), $args['display_name']),
        ],
        'sqooler_key_import' => (fn (SigningKey $key): array => [
            'private_jwk_utf8' => $key->toJwk(),
            'sqooler_jwk_utf8' => Sqooler::signingKeyJwk($key),
            'kid' => $key->kid(),
        ])(Sqooler::signingKey(bytes($args, 'jwk'))),
        'sqooler_public_key_import' => (fn (PublicKey $key): array => [
            'public_jwk_utf8' => $key->toJwk(),
            'sqooler_jwk_utf8' => Sqooler::publicKeyJwk($key),
            'kid' => $key->kid(),
        ])(Sqooler::publicKey(bytes($args, 'jwk'))),
        'http_target_normalize' => ['normalized' => Native::bytes('sb_http_target_normalize', $args['url'])],
        'http_settings' => ['plan_utf8' => Native::bytes('sb_http_settings', bytes($args, 'environment'))],
        'http_request_sign' => requestSign($args),
        'http_request_verify' => requestVerify($args),
        'http_response_sign' => responseSign($args),
        'http_response_verify' => responseVerify($args),
        'replay_key' => ['key_hex' => bin2hex(Native::bytes(
            'sb_replay_key',
            $args['tenant'],
            $args['signer'],
            $args['nonce'],
            (int) (($args['observed'] ?? '') === 'true'),
        ))],
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
    } catch (TypeError $error) {
        // An argument of the face has a type of PHP, which PHP itself checks; a mistake of the adapter's own is not that.
        if (!str_contains($error->getMessage(), 'called in ' . __FILE__)) {
            throw $error;
        }
        $answer['error'] = ['code' => Code::InvalidArgument->value, 'kind' => Code::InvalidArgument->kind()];
    }
    fwrite(STDOUT, json_encode($answer, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR) . "\n");
}
