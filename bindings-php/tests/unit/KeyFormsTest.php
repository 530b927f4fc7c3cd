<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Code;
use Samebyte\Exception\RejectedError;
use Samebyte\Jws;
use Samebyte\PublicKey;
use Samebyte\SigningKey;
use Samebyte\Tests\Peer;
use Samebyte\Tests\Refusal;

/** Keys of every algorithm in every form, and symmetric ones. */
final class KeyFormsTest extends TestCase
{
    public function testEveryForm(): void
    {
        foreach (['EdDSA', 'ES256K', 'ES256', 'ES384', 'ES512', 'RS256', 'PS512'] as $algorithm) {
            $key = SigningKey::generate($algorithm, kid: 'mine');
            $this->assertSame([$algorithm, 'mine'], [$key->algorithm(), $key->kid()]);
            $this->assertSame(43, strlen($key->thumbprint()));
            $public = $key->publicKey();
            $this->assertSame($key->toJwk(), SigningKey::fromJwk($key->toJwk())->toJwk());
            $this->assertSame($public->toJwk(), PublicKey::fromJwk($public->toJwk())->toJwk());
            // Other forms hold the key alone.
            foreach (
                [
                    SigningKey::fromPem($key->toPem(), algorithm: $algorithm),
                    SigningKey::fromDer($key->toDer(), $algorithm),
                    SigningKey::fromPem($key->toPem('words'), 'words', $algorithm),
                ] as $again
            ) {
                $this->assertSame($key->toDer(), $again->toDer());
                $this->assertSame($key->thumbprint(), $again->kid());
                $this->assertSame($algorithm, $again->algorithm());
            }
            foreach ([PublicKey::fromPem($public->toPem(), $algorithm), PublicKey::fromDer($public->toDer(), $algorithm)] as $again) {
                $this->assertSame($public->toPem(), $again->toPem());
                $this->assertSame($key->thumbprint(), $again->kid());
                $this->assertSame($algorithm, $again->algorithm());
            }
            if (!in_array($algorithm, ['EdDSA', 'ES256K'], true)) {
                $this->assertSame(Code::KeyUnsupported, Refusal::of(fn () => $key->toHex())->code());
                $this->assertSame(Code::KeyUnsupported, Refusal::of(fn () => $public->toHex())->code());
            }
            $other = $algorithm === 'EdDSA' ? 'ES256' : 'EdDSA';
            $error = Refusal::of(fn () => SigningKey::fromPem($key->toPem(), algorithm: $other));
            $this->assertSame(Code::AlgorithmMismatch, $error->code());
            $this->assertSame(Code::AlgorithmMismatch, Refusal::of(fn () => PublicKey::fromDer($public->toDer(), $other))->code());
        }
    }

    public function testRsaKeys(): void
    {
        $key = SigningKey::generate('RS256', bits: 3072);
        $details = openssl_pkey_get_details(openssl_pkey_get_private($key->toPem()));
        $this->assertSame(3072, $details['bits']);
        // A key of no algorithm permits all six; one of an algorithm that one.
        $any = SigningKey::fromPem($key->toPem());
        $this->assertSame('PS384', Jws::verify(Jws::sign('x', $any, algorithm: 'PS384'), $any->publicKey())->algorithm());
        $this->assertSame(Code::AlgorithmMismatch, Refusal::of(fn () => Jws::sign('x', $key, algorithm: 'PS384'))->code());
        openssl_pkey_export(openssl_pkey_new(['private_key_bits' => 1024]), $weak);
        $error = Refusal::of(fn () => SigningKey::fromPem($weak));
        $this->assertInstanceOf(RejectedError::class, $error);
        $this->assertSame(Code::KeyWeak, $error->code());
        $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => SigningKey::generate('RS256', bits: 1024))->code());
        $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => SigningKey::generate('EdDSA', bits: 2048))->code());
    }

    public function testPasswords(): void
    {
        $key = SigningKey::generate('ES256');
        $pem = $key->toPem("p\u{e4}ss\0word");
        $this->assertStringStartsWith('-----BEGIN ENCRYPTED PRIVATE KEY-----', $pem);
        $this->assertSame($key->toPem(), SigningKey::fromPem($pem, "p\u{e4}ss\0word")->toPem());
        $this->assertNotSame($pem, $key->toPem("p\u{e4}ss\0word"));
        $error = Refusal::of(fn () => SigningKey::fromPem($pem, 'wrong'));
        $this->assertInstanceOf(RejectedError::class, $error);
        $this->assertSame(Code::PasswordWrong, $error->code());
        $this->assertSame(Code::KeyUnsupported, Refusal::of(fn () => SigningKey::fromPem($pem))->code());
        $this->assertSame(Code::KeyUnsupported, Refusal::of(fn () => SigningKey::fromPem($key->toPem(), 'words'))->code());
    }

    public function testSymmetricKeys(): void
    {
        $secret = str_repeat("k\0", 32);
        $key = SigningKey::symmetric('HS256', $secret);
        $this->assertTrue($key->isSymmetric());
        $this->assertSame(null, $key->kid());
        $this->assertSame('between us', SigningKey::symmetric('HS256', $secret, 'between us')->kid());
        $this->assertSame(null, Jws::verify(Jws::sign('x', $key), $key)->kid());
        $jwk = ['kty' => 'oct', 'k' => rtrim(strtr(base64_encode($secret), '+/', '-_'), '='), 'alg' => 'HS256'];
        foreach ([$jwk, json_encode($jwk), $key->toJwk()] as $spelling) {
            $this->assertSame($key->toJwk(), SigningKey::symmetricFromJwk($spelling)->toJwk());
        }
        foreach ([$key->thumbprint(...), $key->publicKey(...), $key->toPem(...), $key->toDer(...), $key->toHex(...)] as $call) {
            $this->assertSame(Code::KeyUnsupported, Refusal::of(fn () => $call())->code());
        }
        // No way of looking at it shows it.
        ob_start();
        var_dump($key);
        print_r($key);
        @var_export($key);
        debug_zval_dump($key);
        $shown = ob_get_clean() . $key . json_encode($key);
        $this->assertSame('SigningKey(HS256, [secret])', (string) $key);
        foreach ([substr($secret, 0, 8), $jwk['k'], bin2hex($secret)] as $part) {
            $this->assertStringNotContainsString($part, $shown);
        }
        $this->assertSame(Code::UnsupportedType, Refusal::of(fn () => serialize($key))->code());
    }

    /** Nothing that may be public becomes a secret. */
    public function testSecretsThatAreKeys(): void
    {
        $key = SigningKey::generate('ES256');
        $public = $key->publicKey();
        foreach ([$public->toPem(), $public->toDer(), $public->toJwk(), $key->toPem(), $key->toDer(), $key->toJwk()] as $text) {
            $this->assertSame(Code::KeyUseForbidden, Refusal::of(fn () => SigningKey::symmetric('HS256', $text))->code());
        }
        $this->assertSame(Code::KeyUseForbidden, Refusal::of(fn () => SigningKey::fromJwk(['kty' => 'oct', 'k' => 'AAAA']))->code());
        $this->assertSame(Code::KeyUnsupported, Refusal::of(fn () => SigningKey::symmetricFromJwk($key->toJwk()))->code());
        $this->assertSame(Code::KeyWeak, Refusal::of(fn () => SigningKey::symmetric('HS512', str_repeat('k', 63)))->code());
        $this->assertSame(Code::KeyMalformed, Refusal::of(fn () => SigningKey::symmetric('HS256', ''))->code());
        $this->assertSame(Code::AlgorithmUnsupported, Refusal::of(fn () => SigningKey::symmetric('RS256', str_repeat('k', 64)))->code());
    }

    /** A stack trace does not show a secret. */
    public function testErrorsHoldNoSecret(): void
    {
        $old = ini_set('zend.exception_ignore_args', '0');
        [$private] = Peer::keys('ES256');
        $secret = 'short secret';
        foreach (
            [
                fn () => SigningKey::symmetric('HS256', $secret),
                fn () => SigningKey::symmetricFromJwk(['kty' => 'oct', 'k' => $secret]),
                fn () => SigningKey::fromPem($private, $secret),
                fn () => SigningKey::fromDer($secret),
            ] as $call
        ) {
            $error = Refusal::of($call);
            $shown = $error->getMessage() . json_encode($error->detail());
            foreach ($error->getTrace() as $frame) {
                if (str_starts_with($frame['class'] ?? '', 'Samebyte\\') && $frame['class'] !== Refusal::class) {
                    $shown .= print_r($frame['args'] ?? [], true);
                }
            }
            $this->assertStringContainsString('SensitiveParameterValue', $shown);
            $this->assertStringNotContainsString($secret, $shown);
            $this->assertStringNotContainsString(substr($private, 40, 20), $shown);
        }
        ini_set('zend.exception_ignore_args', (string) $old);
    }
}
