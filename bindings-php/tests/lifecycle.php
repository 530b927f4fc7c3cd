<?php

// Every operation with success and some refused, for valgrind to watch: php tests/lifecycle.php [--leak]
//
// With --leak something is left behind, to show that valgrind would see it.

declare(strict_types=1);

use Samebyte\Card;
use Samebyte\Config;
use Samebyte\Document;
use Samebyte\Exception\SamebyteError;
use Samebyte\Http\Client;
use Samebyte\Http\Gateway;
use Samebyte\Http\Setup;
use Samebyte\Http\Step;
use Samebyte\Http\Verdict;
use Samebyte\Job;
use Samebyte\Jws;
use Samebyte\Keyset;
use Samebyte\Numbers;
use Samebyte\PublicKey;
use Samebyte\Receipt;
use Samebyte\Result;
use Samebyte\Samebyte;
use Samebyte\SigningKey;
use Samebyte\Sqooler;
use Samebyte\Verifier;

require __DIR__ . '/autoload.php';

const TYPE = 'application/json';
const JOB = [
    'id' => '42', 'caller_id' => 'alice', 'context_id' => 'shared', 'payload' => 'print(1)', 'runner' => 'r', 'executor' => 'e',
    'timeout' => 1, 'created_at' => '2024-01-01T00:00:00Z', 'updated_at' => '2024-01-01T00:00:00Z',
];

// Once: it takes long, and longer under valgrind.
if (!in_array('--leak', $argv, true)) {
    SigningKey::fromPem(SigningKey::generate('ES256')->toPem('words'), 'words');
}
for ($i = 0; $i < 3; $i++) {
    Samebyte::canonicalize('{"b":1,"a":[2]}');
    Samebyte::canonicalize(['b' => 1, 'a' => [2.5, null, 'text']]);
    Samebyte::sha256('[]');
    foreach (['EdDSA', 'ES256K'] as $algorithm) {
        $key = SigningKey::fromPem(SigningKey::fromHex($algorithm, SigningKey::generate($algorithm)->toHex())->toPem());
        $public = PublicKey::fromPem(PublicKey::fromJwk($key->publicKey()->toJwk())->toPem());
        $signed = Document::sign(['a' => 1], SigningKey::fromJwk($key->toJwk()), TYPE);
        Document::verify($signed, new Verifier([$public]), TYPE);
        Document::fromDsse(Document::toDsse($signed, TYPE), TYPE);
        $job = Job::sign(JOB + ['env_vars' => new stdClass()], $key);
        Job::verifySignatures($job);
        Job::signatories($job);
        Job::authorize($job, ['signers' => [['principal' => 'alice', 'keys' => [$public->toHex()]]], 'threshold' => 1]);
    }
    $key = SigningKey::generate('EdDSA');
    $receipt = Receipt::sign(
        ['version' => '0.1', 'module_hash' => str_repeat('0', 64), 'exit_code' => 0, 'wall_time_ms' => 1, 'timestamp' => 1],
        $key,
    );
    Receipt::verify($receipt, $key->publicKey());
    $other = SigningKey::generate('ES256');
    $shared = SigningKey::symmetricFromJwk(SigningKey::symmetric('HS256', str_repeat('k', 32), 'shared')->toJwk());
    $keys = Keyset::of([PublicKey::fromDer($key->publicKey()->toDer()), $other->publicKey(), $shared]);
    Keyset::lint($keys->toJwks());
    Keyset::fromJwks($keys->toJwks())->get($other->kid());
    SigningKey::fromDer($other->toDer(), 'ES256');
    $token = Jws::sign(['b' => 1], $other, canonicalize: Numbers::Exact);
    Jws::verify($token, $other->publicKey())->signatures();
    Jws::inspect($token);
    $general = Jws::append(Jws::sign('x', $key, 'flattened', detached: true, b64: false), $shared, 'x', b64: false);
    Jws::verify($general, new Verifier($keys, policy: 'all'), 'x');
    $prepared = Jws::prepare('x', $key->publicKey());
    $prepared->finish(sodium_crypto_sign_detached(
        $prepared->message,
        sodium_crypto_sign_secretkey(sodium_crypto_sign_seed_keypair(hex2bin($key->toHex()))),
    ));
    $card = Card::sign('{"name":"a"}', $key);
    Card::verify($card, $keys, 'sdk');
    Card::diagnose($card, $keys);
    Card::canonicalize($card, 'spec');
    $result = ['display_name' => 'd', 'job_id' => 'j', 'payload' => 1];
    Result::verify(Result::sign($result, $key), $keys, 'd', 'j');
    Config::verify(Config::sign(['display_name' => 'd', 'payload' => 1], $other), $keys, 'd');
    $file = Sqooler::sign(json_encode($result), Sqooler::signingKey(Sqooler::signingKeyJwk($key)));
    Sqooler::verifyResult($file, Sqooler::publicKey(Sqooler::publicKeyJwk($key->publicKey())), 'd', 'j');
    Sqooler::verifyConfig($file, $key->publicKey(), 'd');
    $settings = [
        'public_origins' => ['https://h.example'], 'replay' => 'external', 'sign_responses' => 'on',
        'trust' => [['jwks_uri' => 'https://k.example/'], ['jwks' => json_decode(Keyset::of([$key->publicKey()])->toJwks())]],
    ];
    $gateway = new Gateway($settings, $other);
    $client = new Client($key, Keyset::fromJwks($gateway->jwks()), demandSignature: true);
    foreach (Verdict::cases() as $verdict) {
        $call = $client->sign('POST', 'https://h.example/a', ['Content-Type' => 'application/json'], '{"a": 1}');
        $fields = ['Host' => 'h.example', 'Content-Type' => 'application/json', $call->name => $call->value];
        do {
            $exchange = $gateway->begin('POST', '/a', $fields, '127.0.0.1');
            if ($exchange->step() === Step::Keys) {
                $gateway->keysDue($exchange->source());
                $gateway->keysPut($exchange->source(), null);
            }
        } while ($exchange->step() === Step::Keys);
        $exchange->body($call->body);
        $exchange->reservation();
        if ($exchange->reserved($verdict) === Step::Accept) {
            [$exchange->identity(), $exchange->verifiedBody(), $exchange->limit()];
            $exchange->respond(200, null, null);
            $answer = $exchange->respond(200, 'application/json', '[1.0]');
            $call->verify(200, $answer->fields + ['Content-Type' => 'application/json'], $answer->body)->report;
        } else {
            $exchange->answer();
        }
        $exchange->event();
    }
    $gateway->stateLost();
    $gateway->stats();
    Gateway::explain($settings, 'POST', '/a', $fields, '{}');
    Gateway::addressIsPublic('::1');
    Gateway::responseIsStreamed('text/event-stream', 'gzip');
    foreach (
        [
            fn () => new Gateway(['no' => 1]),
            fn () => $gateway->keysPut(9, '{}'),
            fn () => $gateway->keysPut(0, '{'),
            fn () => $exchange->body('{}'),
            fn () => $exchange->verifiedBody(),
            fn () => $call->verify(200, [], ''),
            fn () => $client->sign('GET', 'no url'),
            fn () => Setup::fromEnvironment(['NONCE_TTL' => 'x']),
            fn () => Jws::verify("$token.", $keys),
            fn () => Jws::verify($token, $shared),
            fn () => Card::verify($card, $shared, 'sdk'),
            fn () => Keyset::of([$shared, $shared]),
            fn () => $prepared->finish(str_repeat('0', 64)),
            fn () => Samebyte::canonicalize('[1,]'),
            fn () => Job::verifySignatures(str_replace('alice', 'mallory', $job)),
            fn () => Receipt::verify(str_replace('"timestamp":1', '"timestamp":2', $receipt), $key->publicKey()),
            fn () => SigningKey::fromPem('no key'),
        ] as $refused
    ) {
        try {
            $refused();
            exit(1);
        } catch (SamebyteError) {
        }
    }
}

if (in_array('--leak', $argv, true)) {
    $ffi = FFI::cdef((string) file_get_contents(dirname(__DIR__) . '/src/samebyte_abi.h'), (string) getenv('SAMEBYTE_LIBRARY'));
    [$bytes, $error] = [$ffi->new('sb_bytes'), $ffi->new('sb_error *')];
    $ffi->sb_jcs_canonicalize('[1]', 3, 0, '', 0, FFI::addr($bytes), FFI::addr($error));
}
