<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Card;
use Samebyte\Jws;
use Samebyte\PublicKey;
use Samebyte\SigningKey;
use Samebyte\Tests\Peer;
use Samebyte\Tests\Proof;

/** Each side verifies, or reads, what the other makes; the peers are those of {@see Peer}. */
final class InteropTest extends TestCase
{
    private const PAYLOAD = "{\"iss\":\"Zo\u{eb}\", \"n\":1.0}\n";

    public function testSignatures(): void
    {
        foreach (Peer::ALGORITHMS as $algorithm) {
            $this->ours($algorithm);
            $this->theirs($algorithm);
            // The peers sign and verify bytes; what is put around them here is of no other implementation.
            foreach (['compact', 'compact, b64:false, detached'] as $form) {
                Proof::of('jws', $algorithm, $form, Peer::of($algorithm), true, true);
            }
        }
        Proof::write('jws');
    }

    /** The peer verifies what we sign, and nothing else. */
    private function ours(string $algorithm): void
    {
        if (str_starts_with($algorithm, 'HS')) {
            $public = random_bytes(64);
            $key = SigningKey::symmetric($algorithm, $public);
        } else {
            $key = in_array($algorithm[0], ['R', 'P'], true) ? $this->rsa() : SigningKey::generate($algorithm);
            $public = $algorithm === 'EdDSA' ? hex2bin($key->publicKey()->toHex()) : $key->publicKey()->toPem();
        }
        $holds = function (string $protected, string $payload, string $signature) use ($algorithm, $public): void {
            $signature = self::decode($signature);
            $this->assertSame($algorithm, json_decode(self::decode($protected))->alg);
            $this->assertTrue(Peer::verifies($algorithm, $public, "$protected.$payload", $signature), $algorithm);
            $this->assertSame(false, Peer::verifies($algorithm, $public, "$protected.$payload ", $signature), $algorithm);
        };
        $token = Jws::sign(self::PAYLOAD, $key, algorithm: $algorithm);
        $this->assertSame(self::PAYLOAD, self::decode(explode('.', $token)[1]));
        $holds(...explode('.', $token));
        [$protected, $empty, $signature] = explode('.', Jws::sign(self::PAYLOAD, $key, detached: true, algorithm: $algorithm));
        $this->assertSame('', $empty);
        $holds($protected, self::encode(self::PAYLOAD), $signature);
        $detached = Jws::sign(self::PAYLOAD, $key, detached: true, b64: false, algorithm: $algorithm);
        [$protected, $empty, $signature] = explode('.', $detached);
        $this->assertSame('', $empty);
        $holds($protected, self::PAYLOAD, $signature);
        $flattened = json_decode(Jws::sign(self::PAYLOAD, $key, 'flattened', algorithm: $algorithm));
        $holds($flattened->protected, $flattened->payload, $flattened->signature);
        $general = json_decode(Jws::sign(self::PAYLOAD, $key, 'general', algorithm: $algorithm));
        $holds($general->signatures[0]->protected, $general->payload, $general->signatures[0]->signature);
    }

    /** We verify what the peer signs, with a header as we would not write it. */
    private function theirs(string $algorithm): void
    {
        [$private, $public] = Peer::keys($algorithm);
        $key = match (true) {
            $algorithm === 'EdDSA' => PublicKey::fromHex('EdDSA', bin2hex($public)),
            str_starts_with($algorithm, 'HS') => SigningKey::symmetric($algorithm, $public),
            default => PublicKey::fromPem($public),
        };
        $sign = fn (string $input): string => self::encode(Peer::sign($algorithm, $private, $input));
        $protected = self::encode("{ \"typ\":\"JWT\",\n \"alg\":\"$algorithm\" }");
        $payload = self::encode(self::PAYLOAD);
        $signature = $sign("$protected.$payload");
        $entry = ['protected' => $protected, 'signature' => $signature, 'header' => ['x' => 1]];
        $unencoded = self::encode("{\"alg\":\"$algorithm\",\"b64\":false,\"crit\":[\"b64\"]}");
        foreach (
            [
                Jws::verify("$protected.$payload.$signature", $key),
                Jws::verify("$protected..$signature", $key, self::PAYLOAD),
                Jws::verify("$unencoded.." . $sign("$unencoded." . self::PAYLOAD), $key, self::PAYLOAD),
                Jws::verify(json_encode(['payload' => $payload] + $entry), $key),
                Jws::verify(json_encode(['signatures' => [$entry], 'payload' => $payload]), $key),
            ] as $verified
        ) {
            $this->assertSame(self::PAYLOAD, $verified->payload);
            $this->assertSame($algorithm, $verified->algorithm());
        }
    }

    /** PEM files in both directions, with a password too. */
    public function testPemFiles(): void
    {
        $peer = ['ext-openssl', OPENSSL_VERSION_TEXT];
        foreach (['EdDSA', ...array_keys(Peer::CURVES), 'RSA'] as $algorithm) {
            $ours = $algorithm === 'RSA' ? $this->rsa() : SigningKey::generate($algorithm);
            $theirs = openssl_pkey_get_private($ours->toPem());
            $this->assertSame($ours->publicKey()->toPem(), Peer::pems($theirs)[1]);
            $theirs = openssl_pkey_get_private($ours->toPem("pass w\u{f6}rd"), "pass w\u{f6}rd");
            $this->assertSame($ours->publicKey()->toPem(), Peer::pems($theirs)[1]);
            $this->assertSame(false, openssl_pkey_get_private($ours->toPem('right'), 'wrong'));
            $theirs = openssl_pkey_get_public($ours->publicKey()->toPem());
            $this->assertSame($ours->publicKey()->toPem(), openssl_pkey_get_details($theirs)['key']);

            // ext-openssl makes no Ed25519 keys before PHP 8.4: it writes one that it read.
            $theirs = $algorithm === 'EdDSA' ? openssl_pkey_get_private($ours->toPem()) : Peer::key($algorithm);
            [$private, $public] = Peer::pems($theirs);
            $key = SigningKey::fromPem($private);
            $this->assertSame($public, $key->publicKey()->toPem());
            $this->assertSame($key->kid(), PublicKey::fromPem($public)->kid());
            foreach ([OPENSSL_CIPHER_3DES, OPENSSL_CIPHER_AES_128_CBC, OPENSSL_CIPHER_AES_256_CBC] as $cipher) {
                openssl_pkey_export($theirs, $encrypted, 'secret words', ['encrypt_key' => true, 'encrypt_key_cipher' => $cipher]);
                $this->assertStringContainsString('BEGIN ENCRYPTED PRIVATE KEY', $encrypted);
                $this->assertSame($key->toPem(), SigningKey::fromPem($encrypted, 'secret words')->toPem());
            }
            foreach (['PKCS#8 PEM', 'SPKI PEM', 'encrypted PKCS#8 PEM'] as $form) {
                Proof::of('key', $algorithm, $form, $peer, true, true);
            }
        }
        $this->jwks($peer);
        Proof::write('key');
    }

    /**
     * The numbers of a JWK are those that OpenSSL and sodium know.
     *
     * @param array{string, string} $openssl
     */
    private function jwks(array $openssl): void
    {
        foreach (Peer::CURVES as $algorithm => [, $width]) {
            $numbers = function (SigningKey $key) use ($width): array {
                $ec = openssl_pkey_get_details(openssl_pkey_get_private($key->toPem()))['ec'];
                $pad = fn (string $number): string => self::encode(str_pad($number, $width, "\0", STR_PAD_LEFT));
                return array_map($pad, array_intersect_key($ec, ['d' => 0, 'x' => 0, 'y' => 0]));
            };
            $ours = SigningKey::generate($algorithm);
            $jwk = json_decode($ours->toJwk(), true);
            foreach ($numbers($ours) as $name => $number) {
                $this->assertSame($number, $jwk[$name]);
            }
            $theirs = SigningKey::fromPem(Peer::keys($algorithm)[0]);
            $read = SigningKey::fromJwk(['kty' => 'EC', 'crv' => $jwk['crv']] + $numbers($theirs));
            $this->assertSame($theirs->toPem(), $read->toPem());
            Proof::of('key', $algorithm, 'JWK', $openssl, true, true);
        }
        $names = ['n' => 'n', 'e' => 'e', 'd' => 'd', 'p' => 'p', 'q' => 'q', 'dmp1' => 'dp', 'dmq1' => 'dq', 'iqmp' => 'qi'];
        $numbers = function (string $pem) use ($names): array {
            $rsa = openssl_pkey_get_details(openssl_pkey_get_private($pem))['rsa'];
            return array_combine(array_values($names), array_map(fn (string $name): string => self::encode($rsa[$name]), array_keys($names)));
        };
        $jwk = json_decode($this->rsa()->toJwk(), true);
        foreach ($numbers($this->rsa()->toPem()) as $name => $number) {
            $this->assertSame($number, $jwk[$name]);
        }
        $theirs = Peer::keys('RS256')[0];
        $read = SigningKey::fromJwk(['kty' => 'RSA'] + $numbers($theirs));
        $this->assertSame(SigningKey::fromPem($theirs)->toPem(), $read->toPem());
        Proof::of('key', 'RSA', 'JWK', $openssl, true, true);

        $ours = json_decode(SigningKey::generate('EdDSA')->toJwk());
        $pair = sodium_crypto_sign_seed_keypair(self::decode($ours->d));
        $this->assertSame(self::decode($ours->x), sodium_crypto_sign_publickey($pair));
        $seed = random_bytes(32);
        $x = sodium_crypto_sign_publickey(sodium_crypto_sign_seed_keypair($seed));
        $jwk = ['kty' => 'OKP', 'crv' => 'Ed25519', 'd' => self::encode($seed), 'x' => self::encode($x)];
        $this->assertSame(bin2hex($x), SigningKey::fromJwk($jwk)->publicKey()->toHex());
        Proof::of('key', 'EdDSA', 'JWK', Peer::of('EdDSA'), true, true);
    }

    /** The signature of a card is a JWS over the bytes of its form. */
    public function testCards(): void
    {
        $card = '{"name":"Example","version":"1.0.0","capabilities":{"streaming":true},"description":"r\u00e9sum\u00e9"}';
        foreach (['ES256', 'RS256', 'EdDSA'] as $algorithm) {
            $key = $algorithm === 'RS256' ? $this->rsa() : SigningKey::generate($algorithm);
            $public = $algorithm === 'EdDSA' ? hex2bin($key->publicKey()->toHex()) : $key->publicKey()->toPem();
            $signature = json_decode(Card::sign($card, $key))->signatures[0];
            $input = $signature->protected . '.' . self::encode(Card::canonicalize($card, 'sdk'));
            $this->assertTrue(Peer::verifies($algorithm, $public, $input, self::decode($signature->signature)));
        }
    }

    /** One key for all tests, which permits all six algorithms. */
    private function rsa(): SigningKey
    {
        static $key = null;
        return $key ??= SigningKey::fromPem(SigningKey::generate('RS256')->toPem());
    }

    private static function encode(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }

    private static function decode(string $text): string
    {
        return base64_decode(strtr($text, '-_', '+/'), true);
    }
}
