<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Card;
use Samebyte\Code;
use Samebyte\Exception\RejectedError;
use Samebyte\Exception\UntrustedError;
use Samebyte\Keyset;
use Samebyte\Samebyte;
use Samebyte\SigningKey;
use Samebyte\Tests\Refusal;
use Samebyte\Verifier;

final class CardTest extends TestCase
{
    private const CARD = '{"name":"Example","version":"1.0.0","capabilities":{"streaming":true}}';

    /** Its forms differ: an empty list is left out under one of them. */
    private const UNPORTABLE = '{"name":"Example","version":"1.0.0","skills":[]}';

    public function testCards(): void
    {
        foreach (['EdDSA', 'ES256', 'RS256'] as $algorithm) {
            $key = SigningKey::generate($algorithm, kid: 'mine');
            $trusted = $key->publicKey();
            $signed = Card::sign(self::CARD, $key, jku: 'https://example.org/keys');
            foreach (['sdk', 'spec', 'raw'] as $form) {
                foreach ([$trusted, Keyset::of([$trusted]), new Verifier([$trusted])] as $trust) {
                    $verified = Card::verify($signed, $trust, $form);
                }
                $this->assertSame(Samebyte::canonicalize(self::CARD), $verified->canonical);
                $this->assertSame('Example', $verified->value()->name);
                $this->assertSame([$form, $algorithm, 0], [$verified->form, $verified->algorithm, $verified->index]);
                $this->assertSame([$key->kid(), []], [$verified->kid, $verified->unsignedPaths]);
                $this->assertSame($key->thumbprint(), $verified->thumbprint);
                $this->assertSame('https://example.org/keys', $verified->header['jku']);
                $this->assertSame(false, $verified->unsignedPathsTruncated);
            }
            $this->assertSame(['sdk', 'spec', 'raw'], Card::diagnose($signed, $trusted)['signatures'][0]['verifies_as']);
            $changed = str_replace('Example', 'Exemple', $signed);
            $error = Refusal::of(fn () => Card::verify($changed, $trusted, 'sdk'));
            $this->assertInstanceOf(RejectedError::class, $error);
            $this->assertSame(Code::SignatureInvalid, $error->code());
            $this->assertSame([['code' => 'signature_invalid', 'index' => 0]], $error->detail()['signatures']);
        }
        $error = Refusal::of(fn () => Card::verify($signed, SigningKey::generate('EdDSA')->publicKey(), 'sdk'));
        $this->assertInstanceOf(UntrustedError::class, $error);
        $this->assertSame(Code::SignatureUnknown, $error->code());
    }

    /** A shared secret verifies a card only where its algorithm is listed. */
    public function testASharedSecret(): void
    {
        $key = SigningKey::generate('HS256', kid: 'mine');
        $signed = Card::sign(self::CARD, $key);
        $this->assertInstanceOf(UntrustedError::class, Refusal::of(fn () => Card::verify($signed, $key, 'sdk')));
        $verified = Card::verify($signed, new Verifier([$key], algorithms: ['HS256']), 'sdk');
        $this->assertSame(['mine', null], [$verified->kid, $verified->thumbprint]);
    }

    public function testFormsThatDiffer(): void
    {
        $key = SigningKey::generate('EdDSA');
        $error = Refusal::of(fn () => Card::sign(self::UNPORTABLE, $key));
        $this->assertSame(Code::CardNotPortable, $error->code());
        $this->assertSame(['count' => 1, 'pointers' => ['/skills']], $error->detail());
        $this->assertSame('{"name":"Example","version":"1.0.0"}', Card::canonicalize(self::UNPORTABLE, 'sdk'));
        $this->assertSame('{"name":"Example","skills":[],"version":"1.0.0"}', Card::canonicalize(self::UNPORTABLE, 'raw'));
        $stripped = Card::sign(self::UNPORTABLE, $key, 'strip');
        $this->assertSame(false, isset(Card::verify($stripped, $key->publicKey(), 'raw')->value()->skills));
        $each = Card::sign(self::UNPORTABLE, $key, portability: 'each');
        $this->assertSame([], Card::verify($each, $key->publicKey(), 'raw')->value()->skills);
        $this->assertSame(['/skills'], Card::verify($each, $key->publicKey(), 'sdk')->unsignedPaths);
        $raw = Card::sign(self::UNPORTABLE, $key, form: 'raw');
        $this->assertSame(Code::SignatureInvalid, Refusal::of(fn () => Card::verify($raw, $key->publicKey(), 'sdk'))->code());
        $forms = Card::diagnose($raw, $key->publicKey())['signatures'][0]['verifies_as'];
        $this->assertSame([true, false], [in_array('raw', $forms, true), in_array('sdk', $forms, true)]);
    }

    public function testWhatIsRefused(): void
    {
        $key = SigningKey::generate('ES256');
        $signed = Card::sign(self::CARD, $key);
        foreach (
            [
                'invalid_argument' => fn () => Card::verify($signed, $key->publicKey(), 'other'),
                'card_unsigned' => fn () => Card::verify(self::CARD, $key->publicKey(), 'sdk'),
                'card_malformed' => fn () => Card::sign('[]', $key),
                'duplicate_member' => fn () => Card::sign('{"name":"a","name":"b"}', $key),
                'algorithm_mismatch' => fn () => Card::sign(self::CARD, $key, algorithm: 'EdDSA'),
                'duplicate_signer' => fn () => Card::sign($signed, $key),
            ] as $code => $call
        ) {
            $this->assertSame($code, Refusal::of($call)->code()->value);
        }
    }
}
