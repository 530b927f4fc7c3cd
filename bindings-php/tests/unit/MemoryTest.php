<?php

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Samebyte\Code;
use Samebyte\Document;
use Samebyte\Jws;
use Samebyte\Keyset;
use Samebyte\Samebyte;
use Samebyte\SigningKey;
use Samebyte\Tests\Refusal;
use Samebyte\Verifier;

final class MemoryTest extends TestCase
{
    /** What every call leaves behind would be seen after some thousands of them. */
    public function testMemoryDoesNotGrow(): void
    {
        if (!is_readable('/proc/self/statm')) {
            $this->markTestSkipped('there is no /proc/self/statm to read the memory of this process from');
        }
        $text = '{"text":"' . str_repeat('x', 2000) . '"}';
        $shared = SigningKey::symmetric('HS256', random_bytes(32));
        $round = function () use ($text, $shared): void {
            $key = SigningKey::generate('EdDSA');
            $public = $key->publicKey();
            $signed = Document::sign($text, $key, 'application/json');
            Document::verify($signed, new Verifier([$public]), 'application/json');
            Samebyte::canonicalize($text);
            assert(Refusal::of(fn () => Samebyte::canonicalize("$text,"))->code() === Code::TrailingBytes);
            $token = Jws::sign($text, $key);
            Jws::verify($token, $public);
            Jws::verify(Jws::append(Jws::sign($text, $shared, 'general'), $key), new Verifier([$public, $shared], policy: 'all'));
            assert(Refusal::of(fn () => Jws::verify("$token.", Keyset::of([$public])))->code() === Code::JwsMalformed);
            assert(Refusal::of(fn () => Jws::verify($token, $shared))->code() === Code::AlgorithmNotAllowed);
            Jws::prepare($text, $public);
        };
        $resident = fn (): int => (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096;
        for ($i = 0; $i < 500; $i++) {
            $round();
        }
        [$php, $native] = [memory_get_usage(), $resident()];
        for ($i = 0; $i < 2000; $i++) {
            $round();
        }
        // A single output of each round that stayed would be 4 MB; allocators keep a little.
        $this->assertLessThan(64 * 1024, memory_get_usage() - $php);
        $this->assertLessThan(2 * 1024 * 1024, $resident() - $native);
    }
}
