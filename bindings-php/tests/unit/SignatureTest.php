<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Document;
use Samebyte\Exception\ExpiredError;
use Samebyte\Exception\RejectedError;
use Samebyte\Exception\UntrustedError;
use Samebyte\Job;
use Samebyte\Samebyte;
use Samebyte\SigningKey;
use Samebyte\Tests\Peer;
use Samebyte\Tests\Refusal;
use Samebyte\Verifier;

final class SignatureTest extends TestCase
{
    private const TYPE = 'application/vnd.example+json';
    private const JOB = [
        'id' => '42', 'caller_id' => 'alice', 'context_id' => 'shared_context', 'payload' => "print('Hello!')",
        'runner' => 'runner1', 'executor' => 'rhai', 'timeout' => 300, 'created_at' => '2024-01-01T00:00:00Z',
        'updated_at' => '2024-01-01T00:00:00Z',
    ];

    public function testDocuments(): void
    {
        $alice = SigningKey::generate('EdDSA');
        $bob = SigningKey::generate('ES256K');
        $both = new Verifier([$alice->publicKey(), $bob->publicKey()], 2);
        // A member that looks like the end of the result, in a name and in a value.
        $value = ['price' => 1e2, 'x,"signatures":[' => ',"signatures":[', 'nested' => ['signatures' => [1]]];
        $once = Document::sign($value, $alice, self::TYPE);
        $error = Refusal::of(fn () => Document::verify($once, $both, self::TYPE));
        $this->assertInstanceOf(UntrustedError::class, $error);
        $this->assertSame('threshold_not_met', $error->code()->value);

        $twice = Document::sign($once, $bob, self::TYPE);
        $verified = Document::verify($twice, $both, self::TYPE);
        $this->assertSame(Samebyte::canonicalize($value), $verified->canonical);
        $this->assertSame(100, $verified->value()->price);
        $this->assertSame(['EdDSA', 'ES256K'], array_column($verified->signatures, 'alg'));
        $this->assertSame([$alice->kid(), $bob->kid()], array_column($verified->signatures, 'kid'));
        $this->assertSame([true, true], array_column($verified->signatures, 'verified'));

        // What is signed is the DSSE encoding: sodium says the same of the first signature.
        $body = $verified->canonical;
        $input = Document::signingInput($twice, self::TYPE);
        $this->assertSame('DSSEv1 ' . strlen(self::TYPE) . ' ' . self::TYPE . ' ' . strlen($body) . " $body", $input);
        $signature = sodium_base642bin(
            json_decode($twice)->signatures[0]->sig,
            SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING,
        );
        $public = hex2bin($alice->publicKey()->toHex());
        $this->assertTrue(sodium_crypto_sign_verify_detached($signature, $input, $public));
        // And OpenSSL of the second, once r and s are written as DER.
        $second = sodium_base642bin(json_decode($twice)->signatures[1]->sig, SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING);
        $this->assertSame(1, openssl_verify($input, Peer::der($second), $bob->publicKey()->toPem(), OPENSSL_ALGO_SHA256));

        $envelope = Document::toDsse($twice, self::TYPE);
        $this->assertSame($body, base64_decode(json_decode($envelope)->payload, true));
        $this->assertSame($twice, Document::fromDsse($envelope, self::TYPE));

        $error = Refusal::of(fn () => Document::verify($twice, $both, 'application/json'));
        $this->assertInstanceOf(RejectedError::class, $error);
        $changed = str_replace('"price":100', '"price":101', $twice);
        $this->assertInstanceOf(RejectedError::class, Refusal::of(fn () => Document::verify($changed, $both, self::TYPE)));
    }

    public function testJobs(): void
    {
        $key = SigningKey::generate('ES256K');
        $job = self::JOB + ['env_vars' => new stdClass(), 'note' => ',"signatories":["x"]'];
        $signed = Job::sign($job, $key);
        $verified = Job::verifySignatures($signed);
        $this->assertSame([$key->publicKey()->toHex()], $verified->signatories);
        $this->assertSame($verified->signatories, Job::signatories($signed));
        $this->assertSame('{"job":' . $verified->canonical . ',"signatories":["' . $key->publicKey()->toHex() . '"]}', $verified->result);
        $this->assertSame("print('Hello!')", $verified->value()->payload);
        // The text and the value of it are the same job.
        $this->assertSame($verified->result, Job::verifySignatures(json_decode($signed))->result);

        // OpenSSL says the same: the signature is over the representation that every signer signs.
        $signature = hex2bin(json_decode($signed)->signatures[0]->signature);
        $input = Job::canonicalRepresentation($signed);
        $this->assertSame(1, openssl_verify($input, Peer::der($signature), $key->publicKey()->toPem(), OPENSSL_ALGO_SHA256));

        $error = Refusal::of(fn () => Job::verifySignatures(str_replace('Hello', 'Jello', $signed)));
        $this->assertSame('signature_verification_failed', $error->code()->value);
        $this->assertSame('rejected', $error->kind());
        $this->assertSame(0, $error->detail()['index']);
        $this->assertSame('duplicate_signer', Refusal::of(fn () => Job::sign($signed, $key))->code()->value);
        $this->assertSame('document_unsigned', Refusal::of(fn () => Job::verifySignatures($job))->code()->value);
        unset($job['payload']);
        $this->assertSame('job_malformed', Refusal::of(fn () => Job::sign($job, $key))->code()->value);
    }

    public function testAuthorization(): void
    {
        $alice = SigningKey::generate('ES256K');
        $mallory = SigningKey::generate('ES256K');
        $policy = ['signers' => [['principal' => 'alice', 'keys' => [$alice->publicKey()->toHex()]]], 'threshold' => 1];
        $job = self::JOB + [
            'env_vars' => new stdClass(), 'not_before' => '2024-01-01T00:00:00Z', 'expires_at' => '2024-01-02T00:00:00Z',
            'principals' => [',"job":', ',"principals":[]'],
        ];
        $signed = Job::sign(Job::sign($job, $alice), $mallory);
        $authorized = Job::authorize($signed, $policy, 1704070000);
        $this->assertSame(['alice'], $authorized->principals);
        $this->assertSame([$mallory->publicKey()->toHex()], $authorized->ignored);
        $this->assertSame(',"job":', $authorized->value()->principals[0]);
        $this->assertSame(Job::verifySignatures($signed)->canonical, $authorized->canonical);

        $error = Refusal::of(fn () => Job::authorize(Job::sign($job, $mallory), $policy, 1704070000));
        $this->assertSame('unauthorized', $error->code()->value);
        $this->assertInstanceOf(UntrustedError::class, $error);
        $this->assertSame('job_not_yet_valid', Refusal::of(fn () => Job::authorize($signed, $policy, 1))->code()->value);
        // Without a time it is now, and 2024 is over.
        $error = Refusal::of(fn () => Job::authorize($signed, $policy));
        $this->assertInstanceOf(ExpiredError::class, $error);
        $this->assertSame('job_expired', $error->code()->value);
        $this->assertSame('policy_invalid', Refusal::of(fn () => Job::authorize($signed, ['x' => 1]))->code()->value);
    }
}
