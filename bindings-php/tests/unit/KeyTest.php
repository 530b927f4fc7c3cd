<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Code;
use Samebyte\PublicKey;
use Samebyte\SigningKey;
use Samebyte\Tests\Refusal;
use Samebyte\Verifier;

final class KeyTest extends TestCase
{
    /** RFC 8037 appendix A: an Ed25519 key, and its thumbprint. */
    private const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    private const D = 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A';
    private const X = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    private const THUMBPRINT = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';

    public function testTheKeyOfTheRfc(): void
    {
        $key = SigningKey::fromJwk(['kty' => 'OKP', 'crv' => 'Ed25519', 'd' => self::D, 'x' => self::X]);
        $this->assertSame(self::SEED, $key->toHex());
        $this->assertSame('EdDSA', $key->algorithm());
        $this->assertSame(self::THUMBPRINT, $key->thumbprint());
        $this->assertSame(self::THUMBPRINT, $key->kid());
        $this->assertSame(self::X, json_decode($key->publicKey()->toJwk())->x);
        $this->assertStringNotContainsString(self::D, $key->publicKey()->toJwk());
        $this->assertSame(
            bin2hex(sodium_crypto_sign_publickey(sodium_crypto_sign_seed_keypair(hex2bin(self::SEED)))),
            $key->publicKey()->toHex(),
        );
    }

    public function testEverySpellingIsRead(): void
    {
        foreach (['EdDSA', 'ES256K'] as $algorithm) {
            $key = SigningKey::generate($algorithm);
            $this->assertSame($algorithm, $key->algorithm());
            $public = $key->publicKey();
            foreach (
                [
                    SigningKey::fromJwk($key->toJwk()),
                    SigningKey::fromJwk(json_decode($key->toJwk())),
                    SigningKey::fromPem($key->toPem()),
                    SigningKey::fromHex($algorithm, $key->toHex()),
                ] as $again
            ) {
                $this->assertSame($key->toJwk(), $again->toJwk());
            }
            foreach (
                [
                    PublicKey::fromJwk($public->toJwk()),
                    PublicKey::fromJwk(json_decode($public->toJwk(), true)),
                    PublicKey::fromPem($public->toPem()),
                    PublicKey::fromHex($algorithm, $public->toHex()),
                ] as $again
            ) {
                $this->assertSame($public->toJwk(), $again->toJwk());
            }
            $this->assertNotSame($key->toHex(), SigningKey::generate($algorithm)->toHex());
        }
    }

    /** No way of looking at a key shows it. */
    public function testSecretsStaySecret(): void
    {
        $key = SigningKey::fromHex('EdDSA', self::SEED);
        $this->assertSame('SigningKey(EdDSA, kid=' . self::THUMBPRINT . ', [secret])', (string) $key);
        $this->assertSame('PublicKey(EdDSA, kid=' . self::THUMBPRINT . ')', (string) $key->publicKey());
        ob_start();
        var_dump($key);
        print_r($key);
        @var_export($key);
        debug_zval_dump($key);
        $shown = ob_get_clean() . json_encode($key) . print_r((array) $key, true);
        $this->assertStringContainsString('[secret]', $shown);
        foreach ([self::SEED, self::D, hex2bin(self::SEED), substr(self::SEED, 0, 32), strtoupper(self::SEED)] as $secret) {
            $this->assertStringNotContainsString($secret, $shown);
        }
        $this->assertSame(Code::UnsupportedType, Refusal::of(fn () => serialize($key))->code());
        $this->assertSame(Code::UnsupportedType, Refusal::of(fn () => serialize($key->publicKey()))->code());
        $this->assertSame(Code::UnsupportedType, Refusal::of(fn () => serialize(new Verifier([$key->publicKey()])))->code());
    }

    /** A stack trace does not show the arguments of a call that failed. */
    public function testErrorsHoldNoKey(): void
    {
        $old = ini_set('zend.exception_ignore_args', '0');
        $hex = str_repeat('f', 64);
        foreach (
            [
                fn () => SigningKey::fromHex('ES256K', $hex),
                fn () => SigningKey::fromJwk(['kty' => 'EC', 'crv' => 'secp256k1', 'd' => $hex, 'x' => $hex, 'y' => NAN]),
                fn () => SigningKey::fromPem($hex),
            ] as $call
        ) {
            $error = Refusal::of($call);
            $shown = print_r($error->getTrace()[0]['args'] ?? [], true) . $error->getTraceAsString() . $error->getMessage()
                . json_encode($error->detail());
            foreach ($error->getTrace() as $frame) {
                if (str_starts_with($frame['class'] ?? '', 'Samebyte\\') && $frame['class'] !== Refusal::class) {
                    $shown .= print_r($frame['args'] ?? [], true);
                }
            }
            $this->assertStringNotContainsString(substr($hex, 0, 12), $shown);
        }
        ini_set('zend.exception_ignore_args', (string) $old);
    }

    public function testWrongKeysAreRefused(): void
    {
        $this->assertSame('algorithm_unsupported', Refusal::of(fn () => SigningKey::generate('RS1'))->code()->value);
        $this->assertSame('key_malformed', Refusal::of(fn () => SigningKey::fromHex('EdDSA', 'AB'))->code()->value);
        $this->assertSame('key_malformed', Refusal::of(fn () => PublicKey::fromPem(''))->code()->value);
        $private = SigningKey::generate('EdDSA')->toJwk();
        $this->assertNotNull(Refusal::of(fn () => PublicKey::fromJwk($private)));
    }

    public function testVerifiersAreHeldAgainstTheirKeys(): void
    {
        $key = SigningKey::generate('EdDSA')->publicKey();
        foreach (
            [
                fn () => new Verifier([]),
                fn () => new Verifier([$key], 2),
                fn () => new Verifier([$key], 0),
                fn () => new Verifier([$key], -1),
                fn () => new Verifier(['no key']),
            ] as $call
        ) {
            $this->assertSame(Code::InvalidArgument, Refusal::of($call)->code());
        }
        $this->assertSame(Code::DuplicateKid, Refusal::of(fn () => new Verifier([$key, $key]))->code());
    }
}
