<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Code;
use Samebyte\Exception\LimitError;
use Samebyte\Exception\MalformedError;
use Samebyte\Exception\RejectedError;
use Samebyte\Exception\UntrustedError;
use Samebyte\Exception\UsageError;
use Samebyte\Jws;
use Samebyte\Keyset;
use Samebyte\Numbers;
use Samebyte\PublicKey;
use Samebyte\SigningKey;
use Samebyte\Tests\Peer;
use Samebyte\Tests\Refusal;
use Samebyte\Verifier;

final class JwsTest extends TestCase
{
    public function testEveryAlgorithm(): void
    {
        $rsa = SigningKey::fromPem(SigningKey::generate('RS256')->toPem());
        foreach (Peer::ALGORITHMS as $algorithm) {
            $key = in_array($algorithm[0], ['R', 'P'], true) ? $rsa : SigningKey::generate($algorithm);
            $trusted = $key->isSymmetric() ? $key : $key->publicKey();
            $token = Jws::sign("\0bytes\xff", $key, algorithm: $algorithm);
            foreach ([$trusted, Keyset::of([$trusted]), new Verifier([$trusted])] as $trust) {
                $verified = Jws::verify($token, $trust);
                $this->assertSame("\0bytes\xff", $verified->payload);
            }
            $this->assertSame($algorithm, $verified->algorithm());
            $this->assertSame($algorithm, $verified->header()['alg']);
            $this->assertSame(0, $verified->index());
            $this->assertSame($key->kid(), $verified->kid());
            $this->assertSame($key->isSymmetric() ? null : $key->thumbprint(), $verified->thumbprint());
            $error = Refusal::of(fn () => Jws::verify(self::damaged($token), $trusted));
            $this->assertInstanceOf(RejectedError::class, $error);
            $this->assertSame(Code::SignatureInvalid, $error->code());
            $this->assertSame('rejected', $error->kind());
            // Nothing but the algorithms that the verifier allows.
            $other = $algorithm === 'EdDSA' ? 'ES256' : 'EdDSA';
            $allowing = new Verifier([$trusted], algorithms: [$other]);
            $this->assertSame(Code::AlgorithmNotAllowed, Refusal::of(fn () => Jws::verify($token, $allowing))->code());
            $this->assertSame(Code::AlgorithmMismatch, Refusal::of(fn () => Jws::sign('', $key, algorithm: $other))->code());
        }
    }

    public function testSerializations(): void
    {
        $key = SigningKey::generate('ES256');
        foreach (['compact', 'flattened', 'general'] as $serialization) {
            foreach ([true, false] as $b64) {
                foreach ([true, false] as $detached) {
                    $jws = Jws::sign('pay.load', $key, $serialization, detached: $detached, b64: $b64 || ($serialization === 'compact' && !$detached));
                    if ($serialization === 'compact') {
                        $this->assertSame($detached, explode('.', $jws)[1] === '');
                    } else {
                        $object = json_decode($jws, true);
                        $this->assertSame($serialization === 'general', isset($object['signatures']));
                        $this->assertSame($detached ? null : ($b64 ? 'cGF5LmxvYWQ' : 'pay.load'), $object['payload'] ?? null);
                    }
                    $this->assertSame('pay.load', Jws::verify($jws, $key->publicKey(), $detached ? 'pay.load' : null)->payload);
                    // A payload that is there twice, or nowhere, or another one.
                    $error = Refusal::of(fn () => Jws::verify($jws, $key->publicKey(), $detached ? 'payload' : 'pay.load'));
                    $this->assertSame($detached ? Code::SignatureInvalid : Code::PayloadUnexpected, $error->code());
                    if ($detached) {
                        $error = Refusal::of(fn () => Jws::verify($jws, $key->publicKey()));
                        $this->assertSame($serialization === 'compact' ? Code::SignatureInvalid : Code::PayloadMissing, $error->code());
                    }
                }
            }
        }
        // An empty payload is one, and another than none.
        $this->assertSame('', Jws::verify(Jws::sign('', $key), $key->publicKey())->payload);
        $this->assertSame('', Jws::verify(Jws::sign('', $key, 'flattened', detached: true), $key->publicKey(), '')->payload);
        $error = Refusal::of(fn () => Jws::sign("\xff", $key, 'flattened', b64: false));
        $this->assertSame(Code::PayloadUnencodable, $error->code());
        $this->assertSame(Code::PayloadUnencodable, Refusal::of(fn () => Jws::sign('a.b', $key, b64: false))->code());
    }

    public function testHeaders(): void
    {
        $key = SigningKey::generate('EdDSA', kid: 'first');
        $header = fn (string $token): mixed => json_decode(base64_decode(strtr(explode('.', $token)[0], '-_', '+/')));
        $this->assertSame('first', $header(Jws::sign('', $key))->kid);
        $this->assertSame('second', $header(Jws::sign('', $key, kid: 'second'))->kid);
        $without = Jws::sign('', $key, kid: false);
        $this->assertSame(false, isset($header($without)->kid));
        $this->assertSame('first', Jws::verify($without, $key->publicKey())->kid());
        $empty = Jws::sign('', $key, header: ['url' => "\u{e9}", 'empty' => new stdClass(), 'list' => []]);
        $this->assertSame("\u{e9}", Jws::verify($empty, $key->publicKey())->header()['url']);
        $this->assertStringContainsString('"empty":{},', Jws::verify($empty, $key->publicKey())->report);
        $both = Jws::sign('x', $key, 'flattened', header: [], unprotected: ['note' => 1.0]);
        $this->assertSame(['note' => 1], Jws::verify($both, $key->publicKey())->signatures()[0]['unprotected']);

        $typed = Jws::sign('{"a":[1]}', $key, typ: 'JWT');
        $this->assertSame([1], Jws::verify($typed, new Verifier([$key->publicKey()], typ: 'JWT'))->json()->a);
        $error = Refusal::of(fn () => Jws::verify($typed, new Verifier([$key->publicKey()], typ: 'at+jwt')));
        $this->assertSame(Code::TypMismatch, $error->code());
        $critical = Jws::sign('', $key, header: ['crit' => ['exp'], 'exp' => 1]);
        $error = Refusal::of(fn () => Jws::verify($critical, $key->publicKey()));
        $this->assertSame(Code::CriticalHeaderUnsupported, $error->code());
        $this->assertSame(1, Jws::verify($critical, new Verifier([$key->publicKey()], crit: ['exp']))->header()['exp']);
        foreach (
            [
                fn () => Jws::sign('', $key, header: ['alg' => 'none']),
                fn () => Jws::sign('', $key, header: ['crit' => []]),
                fn () => Jws::sign('', $key, 'flattened', header: ['a' => 1], unprotected: ['a' => 1]),
            ] as $call
        ) {
            $this->assertSame(Code::SignatureHeaderMalformed, Refusal::of($call)->code());
        }
        $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => Jws::sign('', $key, 'other'))->code());
        $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => Jws::sign('', $key, unprotected: ['a' => 1]))->code());
        $this->assertSame(Code::NumberNotFinite, Refusal::of(fn () => Jws::sign('', $key, header: ['a' => NAN]))->code());
        $this->assertSame(Code::InvalidUtf8, Refusal::of(fn () => Jws::sign('', $key, typ: "\xff"))->code());
    }

    public function testPayloadsAreMadeCanonical(): void
    {
        $key = SigningKey::generate('EdDSA');
        $value = ['b' => 1.0, 'a' => ["\u{e9}", null, new stdClass()]];
        $canonical = "{\"a\":[\"\u{e9}\",null,{}],\"b\":1}";
        foreach ([$value, json_decode('{"b":1,"a":["é",null,{}]}'), '{"b":1e0, "a":["é",null,{}]}'] as $payload) {
            $token = Jws::sign($payload, $key, canonicalize: Numbers::Exact);
            $this->assertSame($canonical, Jws::verify($token, $key->publicKey())->payload);
            $detached = Jws::sign($payload, $key, detached: true, canonicalize: Numbers::Exact);
            $this->assertSame($canonical, Jws::verify($detached, $key->publicKey(), $value, Numbers::Exact)->payload);
            $this->assertSame($canonical, Jws::verify($detached, $key->publicKey(), $canonical)->payload);
        }
        $error = Refusal::of(fn () => Jws::verify($detached, $key->publicKey(), ['b' => 2] + $value, Numbers::Exact));
        $this->assertSame(Code::SignatureInvalid, $error->code());
        $error = Refusal::of(fn () => Jws::sign($value, $key));
        $this->assertInstanceOf(UsageError::class, $error);
        $this->assertSame(Code::InvalidArgument, $error->code());
        $error = Refusal::of(fn () => Jws::sign(['a' => ['b' => 1e400]], $key, canonicalize: Numbers::Exact));
        $this->assertSame(Code::NumberNotFinite, $error->code());
        $this->assertSame('/a/b', $error->detail()['pointer']);
        $large = '{"n":9007199254740993}';
        $error = Refusal::of(fn () => Jws::sign($large, $key, canonicalize: Numbers::Exact));
        $this->assertSame(Code::NumberNotExact, $error->code());
        $token = Jws::sign($large, $key, canonicalize: Numbers::Ieee754);
        $this->assertSame('{"n":9007199254740992}', Jws::verify($token, $key->publicKey())->payload);
        $this->assertSame($large, Jws::verify(Jws::sign($large, $key), $key->publicKey())->payload);
        $error = Refusal::of(fn () => Jws::sign('{"a":1,"a":2}', $key, canonicalize: Numbers::Exact));
        $this->assertInstanceOf(MalformedError::class, $error);
        $this->assertSame(Code::DuplicateMember, $error->code());
    }

    public function testSeveralSignatures(): void
    {
        $keys = array_map(SigningKey::generate(...), ['EdDSA', 'ES256', 'HS256']);
        [$first, $second] = $public = [$keys[0]->publicKey(), $keys[1]->publicKey()];
        $jws = Jws::sign('x', $keys[0], 'flattened');
        $jws = Jws::append(Jws::append($jws, $keys[1], typ: 'two'), $keys[2], unprotected: ['n' => 3]);
        $verify = fn (array $trusted, mixed ...$rules) => Jws::verify($jws, new Verifier($trusted, ...$rules));
        $all = $verify([...$public, $keys[2]], policy: 'all');
        $this->assertSame([0, 1, 2], array_column($all->signatures(), 'index'));
        $this->assertSame(['EdDSA', 'ES256', 'HS256'], array_column($all->signatures(), 'alg'));
        $any = $verify([$second], policy: 'any');
        $this->assertSame([false, true, false], array_column($any->signatures(), 'verified'));
        $this->assertSame(1, $any->index());
        $this->assertSame('two', $any->header()['typ']);
        $this->assertSame($second->kid(), $any->kid());
        $this->assertSame('x', $verify($public, threshold: 2)->payload);
        $this->assertSame('x', $verify($public, kids: [$first->kid(), $second->kid()])->payload);

        $this->assertSame(Code::PolicyRequired, Refusal::of(fn () => $verify($public))->code());
        $error = Refusal::of(fn () => $verify($public, policy: 'all'));
        $this->assertSame(Code::SignatureVerificationFailed, $error->code());
        $this->assertSame(2, $error->detail()['index']);
        $stranger = SigningKey::generate('EdDSA')->publicKey();
        $error = Refusal::of(fn () => $verify([$first, $stranger], threshold: 2));
        $this->assertInstanceOf(UntrustedError::class, $error);
        $this->assertSame(Code::ThresholdNotMet, $error->code());
        $error = Refusal::of(fn () => $verify([$first, $stranger], kids: [$first->kid(), $stranger->kid()]));
        $this->assertSame(Code::ThresholdNotMet, $error->code());
        $error = Refusal::of(fn () => $verify([$first], policy: 'any', maxSignatures: 2));
        $this->assertInstanceOf(LimitError::class, $error);
        $this->assertSame(Code::TooManySignatures, $error->code());
        $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => $verify([$first], policy: 'any', threshold: 1))->code());
        $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => $verify([$first], policy: 'most'))->code());

        // A detached one needs its payload, and a compact one takes no more.
        $detached = Jws::sign('x', $keys[0], 'general', detached: true);
        $this->assertSame(Code::PayloadMissing, Refusal::of(fn () => Jws::append($detached, $keys[1]))->code());
        $detached = Jws::append($detached, $keys[1], 'x');
        $this->assertSame('x', Jws::verify($detached, new Verifier($public, policy: 'all'), 'x')->payload);
        $this->assertSame(Code::PayloadUnexpected, Refusal::of(fn () => Jws::append($jws, $keys[1], 'x'))->code());
        $this->assertSame(Code::JwsMalformed, Refusal::of(fn () => Jws::append(Jws::sign('x', $keys[0]), $keys[1]))->code());
    }

    /** OpenSSL and sodium hold the private key; this library only prepares and finishes. */
    public function testKeysThatAreElsewhere(): void
    {
        foreach (['EdDSA', 'ES256K', 'ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256'] as $algorithm) {
            [$private, $public] = Peer::keys($algorithm);
            $key = $algorithm === 'EdDSA' ? PublicKey::fromHex($algorithm, bin2hex($public)) : PublicKey::fromPem($public);
            $prepared = Jws::prepare(['b' => 1, 'a' => 2], $key, canonicalize: Numbers::Exact, algorithm: $algorithm, typ: 't');
            $this->assertSame($algorithm, $prepared->algorithm);
            $this->assertSame($key->kid(), $prepared->kid);
            $digest = $algorithm === 'EdDSA' ? null : hash('sha' . substr($algorithm, 2, 3), $prepared->message, true);
            $this->assertSame($digest, $prepared->digest);
            $signature = Peer::sign($algorithm, $private, $prepared->message);
            $token = $prepared->finish($signature);
            $this->assertSame('{"a":2,"b":1}', Jws::verify($token, $key)->payload);
            $this->assertSame("$prepared->message.", substr($token, 0, strlen($prepared->message) + 1));
            if (isset(Peer::CURVES[$algorithm])) {
                // What openssl_sign returns as it is.
                openssl_sign($prepared->message, $der, $private, 'sha' . substr($algorithm, 2, 3));
                $this->assertSame('{"a":2,"b":1}', Jws::verify($prepared->finish($der), $key)->payload);
            }
            $wrong = Peer::sign($algorithm, $private, "$prepared->message ");
            $this->assertSame(Code::SignatureInvalid, Refusal::of(fn () => $prepared->finish($wrong))->code());
            $this->assertInstanceOf(MalformedError::class, Refusal::of(fn () => $prepared->finish('')));
        }
        $prepared = Jws::prepare('x', $key, 'flattened', detached: true, b64: false, algorithm: 'PS256', unprotected: ['a' => 1]);
        $jws = $prepared->finish(Peer::sign('PS256', $private, $prepared->message));
        $this->assertSame(['a' => 1], Jws::verify($jws, $key, 'x')->signatures()[0]['unprotected']);
    }

    public function testInspect(): void
    {
        $key = SigningKey::generate('EdDSA', kid: 'k');
        $report = Jws::inspect(self::damaged(Jws::sign('hi', $key)));
        $this->assertSame(false, $report['verified']);
        $this->assertSame('compact', $report['serialization']);
        $this->assertSame(['attached' => true, 'bytes' => 2, 'text' => 'hi'], $report['payload']);
        $this->assertSame(['alg' => 'EdDSA', 'kid' => 'k'], $report['signatures'][0]['header']);
        $this->assertSame(Code::JwsMalformed, Refusal::of(fn () => Jws::inspect('x'))->code());
    }

    public function testWhatIsRefused(): void
    {
        $key = SigningKey::generate('EdDSA');
        $token = Jws::sign('x', $key);
        [$protected, $payload, $signature] = explode('.', $token);
        $encode = fn (string $text): string => rtrim(strtr(base64_encode($text), '+/', '-_'), '=');
        foreach (
            [
                'jws_malformed' => "$protected.$payload",
                'signature_malformed' => "$protected.$payload.",
                'signature_header_malformed' => $encode('{"a":1}') . ".$payload.$signature",
                'duplicate_member' => $encode('{"alg":"EdDSA","alg":"EdDSA"}') . ".$payload.$signature",
                'algorithm_not_allowed' => $encode('{"alg":"none"}') . ".$payload.",
                'signature_unknown' => Jws::sign('x', $key, kid: 'other'),
                'invalid_json' => '{',
            ] as $code => $jws
        ) {
            $this->assertSame($code, Refusal::of(fn () => Jws::verify($jws, $key->publicKey()))->code()->value);
        }
        // A public key is no secret of HMAC.
        $confused = Jws::sign('x', SigningKey::symmetric('HS256', hex2bin($key->publicKey()->toHex())));
        $this->assertSame(Code::AlgorithmNotAllowed, Refusal::of(fn () => Jws::verify($confused, $key->publicKey()))->code());
        // Without a kid, one key must be the only one that it could be.
        $two = Keyset::of([$key->publicKey(), SigningKey::generate('EdDSA')->publicKey()]);
        $this->assertSame(Code::KidMissing, Refusal::of(fn () => Jws::verify(Jws::sign('x', $key, kid: false), $two))->code());
        $small = new Verifier([$key->publicKey()], maxPayloadBytes: 10);
        $error = Refusal::of(fn () => Jws::verify(Jws::sign('more than ten', $key), $small));
        $this->assertSame(Code::TooLarge, $error->code());
        $small = new Verifier([$key->publicKey()], maxHeaderBytes: 10);
        $this->assertSame(Code::TooLarge, Refusal::of(fn () => Jws::verify($token, $small))->code());
    }

    /** One bit of the signature is another. */
    private static function damaged(string $token): string
    {
        $at = strrpos($token, '.') + 5;
        $token[$at] = $token[$at] === 'A' ? 'B' : 'A';
        return $token;
    }
}
