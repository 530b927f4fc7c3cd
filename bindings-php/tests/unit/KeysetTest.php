<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Code;
use Samebyte\Exception\UntrustedError;
use Samebyte\Keyset;
use Samebyte\SigningKey;
use Samebyte\Tests\Refusal;

final class KeysetTest extends TestCase
{
    public function testKeysAreFoundByKid(): void
    {
        $alice = SigningKey::generate('EdDSA', kid: 'alice')->publicKey();
        $bob = SigningKey::generate('ES384')->publicKey();
        $shared = SigningKey::generate('HS512', kid: 'shared');
        $set = Keyset::of((fn () => yield from [$alice, $bob, $shared])());
        $this->assertSame(3, count($set));
        $this->assertSame($alice->toJwk(), $set->get('alice')->toJwk());
        $this->assertSame($bob->toJwk(), $set->get($bob->thumbprint())->toJwk());
        $error = Refusal::of(fn () => $set->get('mallory'));
        $this->assertInstanceOf(UntrustedError::class, $error);
        $this->assertSame(Code::KeyUnknown, $error->code());
        // A secret is not published.
        $jwks = json_decode($set->toJwks());
        $this->assertSame(['alice', $bob->kid()], array_column($jwks->keys, 'kid'));
        $this->assertStringNotContainsString(json_decode($shared->toJwk())->k, $set->toJwks() . print_r($set, true));
        foreach ([$set->toJwks(), $jwks, json_decode($set->toJwks(), true)] as $spelling) {
            $again = Keyset::fromJwks($spelling);
            $this->assertSame(2, count($again));
            $this->assertSame($set->toJwks(), $again->toJwks());
        }
        $this->assertSame(0, count(Keyset::of([])));
        $this->assertSame('{"keys":[]}', Keyset::fromJwks(['keys' => []])->toJwks());
    }

    public function testWhatIsRefused(): void
    {
        $key = SigningKey::generate('EdDSA', kid: 'a');
        $same = SigningKey::generate('ES256', kid: 'a')->publicKey();
        foreach (
            [
                'duplicate_kid' => fn () => Keyset::of([$key->publicKey(), $same]),
                'invalid_argument' => fn () => Keyset::of([$key]),
                'unsupported_type' => fn () => serialize(Keyset::of([])),
                'key_malformed' => fn () => Keyset::fromJwks(['keys' => [json_decode($key->toJwk())]]),
                'invalid_json' => fn () => Keyset::fromJwks('{'),
                'too_large' => fn () => Keyset::fromJwks(['keys' => array_fill(0, 1001, new stdClass())]),
            ] as $code => $call
        ) {
            $this->assertSame($code, Refusal::of($call)->code()->value);
        }
        $this->assertSame(Code::DuplicateKid, Refusal::of(fn () => Keyset::of([$same, $same]))->code());
        $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => Keyset::of(['no key']))->code());
        $jwks = ['keys' => [json_decode($same->toJwk()), ['kty' => 'OKP', 'crv' => 'Ed25519', 'x' => 'AA']]];
        $this->assertSame('/keys/1', Refusal::of(fn () => Keyset::fromJwks($jwks))->detail()['pointer']);
    }

    public function testLint(): void
    {
        $good = json_decode(SigningKey::generate('EdDSA')->publicKey()->toJwk());
        $this->assertSame([], Keyset::lint(['keys' => [$good]]));
        $found = Keyset::lint(['keys' => [['kty' => 'OKP', 'crv' => 'Ed448', 'x' => 'AA'], $good, ['kty' => 'oct', 'k' => 'AA']]]);
        $this->assertSame([['skipped', 'key_unsupported', '/keys/0'], ['error', 'key_malformed', '/keys/2']], array_map(
            fn (array $finding): array => [$finding['level'], $finding['code'], $finding['pointer']],
            $found,
        ));
    }
}
