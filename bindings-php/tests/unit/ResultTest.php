<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Code;
use Samebyte\Config;
use Samebyte\Exception\RejectedError;
use Samebyte\Exception\UntrustedError;
use Samebyte\PublicKey;
use Samebyte\Result;
use Samebyte\Samebyte;
use Samebyte\SigningKey;
use Samebyte\Sqooler;
use Samebyte\Tests\Peer;
use Samebyte\Tests\Refusal;
use Samebyte\Verifier;

final class ResultTest extends TestCase
{
    private const RESULT = ['display_name' => 'fermions', 'job_id' => '1', 'payload' => ['counts' => [3, 4], ',"signatures":[' => 1.0]];
    private const CONFIG = ['display_name' => 'fermions', 'payload' => ['wires' => 2]];

    public function testResults(): void
    {
        $alice = SigningKey::generate('EdDSA');
        $bob = SigningKey::generate('ES256');
        $signed = Result::sign(Result::sign(self::RESULT, $alice), $bob);
        $both = new Verifier([$alice->publicKey(), $bob->publicKey()], threshold: 2);
        foreach ([$signed, json_decode($signed)] as $spelling) {
            $verified = Result::verify($spelling, $both, 'fermions', '1');
            $this->assertSame(Samebyte::canonicalize(self::RESULT), $verified->canonical);
            $this->assertSame([3, 4], $verified->value()->payload->counts);
            $this->assertSame([$alice->kid(), $bob->kid()], array_column($verified->signatures, 'kid'));
        }
        $this->assertSame('1', Result::verify($signed, $alice->publicKey(), 'fermions', '1')->value()->job_id);
        foreach (
            [
                'job_id_mismatch' => fn () => Result::verify($signed, $both, 'fermions', '2'),
                'display_name_mismatch' => fn () => Result::verify($signed, $both, 'bosons', '1'),
                'signature_verification_failed' => fn () => Result::verify(str_replace('3,4', '3,5', $signed), $both, 'fermions', '1'),
                'document_unsigned' => fn () => Result::verify(self::RESULT, $both, 'fermions', '1'),
                'duplicate_signer' => fn () => Result::sign($signed, $alice),
            ] as $code => $call
        ) {
            $error = Refusal::of($call);
            $this->assertInstanceOf(RejectedError::class, $error);
            $this->assertSame($code, $error->code()->value);
        }
        $stranger = SigningKey::generate('EdDSA')->publicKey();
        $this->assertInstanceOf(UntrustedError::class, Refusal::of(fn () => Result::verify($signed, $stranger, 'fermions', '1')));
        $this->assertSame(Code::InvalidArgument, Refusal::of(fn () => Result::verify($signed, $both, '', '1'))->code());
        $this->assertSame(Code::ResultMalformed, Refusal::of(fn () => Result::sign(self::CONFIG, $alice))->code());
        $symmetric = SigningKey::generate('HS256');
        $this->assertSame(Code::AlgorithmUnsupported, Refusal::of(fn () => Result::sign(self::RESULT, $symmetric))->code());
        // A configuration is no result, and the other way round.
        $this->assertNotNull(Refusal::of(fn () => Config::verify($signed, $both, 'fermions')));
    }

    public function testConfigurations(): void
    {
        $key = SigningKey::generate('ES384');
        $signed = Config::sign(self::CONFIG, $key);
        $verified = Config::verify($signed, $key->publicKey(), 'fermions');
        $this->assertSame(Samebyte::canonicalize(self::CONFIG), $verified->canonical);
        $this->assertSame(2, $verified->value()->payload->wires);
        $error = Refusal::of(fn () => Config::verify($signed, $key->publicKey(), 'bosons'));
        $this->assertSame(Code::DisplayNameMismatch, $error->code());
    }

    /** The file of sqooler: sodium verifies its signature over the parts as they stand there. */
    public function testFilesOfSqooler(): void
    {
        $key = SigningKey::generate('EdDSA');
        $payload = '{"display_name": "fermions", "job_id": "1", "x": 1.0}';
        $file = Sqooler::sign($payload, $key);
        $this->assertSame(json_decode($payload, true), json_decode(Sqooler::verifyResult($file, $key->publicKey(), 'fermions', '1'), true));
        $this->assertStringContainsString('1.0', Sqooler::verifyConfig($file, $key->publicKey(), 'fermions'));
        $this->assertSame(['header', 'payload', 'signature'], array_keys(json_decode($file, true)));
        foreach (
            [
                'job_id_mismatch' => fn () => Sqooler::verifyResult($file, $key->publicKey(), 'fermions', '2'),
                'display_name_mismatch' => fn () => Sqooler::verifyConfig($file, $key->publicKey(), 'bosons'),
                'signature_invalid' => fn () => Sqooler::verifyResult(str_replace('1.0', '2.0', $file), $key->publicKey(), 'fermions', '1'),
                'signature_unknown' => fn () => Sqooler::verifyResult($file, SigningKey::generate('EdDSA')->publicKey(), 'fermions', '1'),
                'algorithm_unsupported' => fn () => Sqooler::sign($payload, SigningKey::generate('ES256')),
            ] as $code => $call
        ) {
            $this->assertSame($code, Refusal::of($call)->code()->value);
        }
        $this->assertSame($key->toHex(), Sqooler::signingKey(Sqooler::signingKeyJwk($key))->toHex());
        $this->assertSame($key->publicKey()->toHex(), Sqooler::publicKey(Sqooler::publicKeyJwk($key->publicKey()))->toHex());
        $this->assertSame('sign', json_decode(Sqooler::signingKeyJwk($key))->key_ops);
        [, $public] = Peer::keys('ES256');
        $this->assertSame(Code::AlgorithmUnsupported, Refusal::of(fn () => Sqooler::publicKeyJwk(PublicKey::fromPem($public)))->code());
    }
}
